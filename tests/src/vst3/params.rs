//! Parameters by the ids Netbend promises to keep.

use vst3::Steinberg::Vst::{
    IEditControllerTrait, IUnitInfo, IUnitInfoTrait, ParameterInfo,
    ParameterInfo_::ParameterFlags_, String128, UnitInfo,
};
use vst3::Steinberg::kResultOk;

use super::Plugin;
use crate::host::{HostError, param_id};

/// A parameter as the host sees it. Values are normalised, from 0 to 1.
#[derive(Clone, Debug)]
pub struct Param {
    /// VST3's number for it, which is CLAP's too.
    pub id: u32,
    /// The name shown to users.
    pub title: String,
    /// The unit shown behind its values.
    pub units: String,
    /// The number of steps; 0 for a value without.
    pub steps: i32,
    /// The value of a fresh instance.
    pub default: f64,
    /// The unit (group) it belongs to.
    pub unit: i32,
    /// Whether a host may record it.
    pub automatable: bool,
    /// Whether it is the host's bypass.
    pub bypass: bool,
}

/// A group of parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// Its number.
    pub id: i32,
    /// The number of the one it lies in.
    pub parent: i32,
    /// The name shown to users.
    pub name: String,
}

impl Plugin {
    /// All parameters, in the plugin's order.
    pub fn params(&self) -> Vec<Param> {
        // SAFETY: the controller lives as long as this instance.
        let count = unsafe { self.controller.getParameterCount() };
        let param = |index| {
            // SAFETY: all zeros are a value of this structure, and the plugin fills it.
            let (result, info) = unsafe {
                let mut info: ParameterInfo = std::mem::zeroed();
                (self.controller.getParameterInfo(index, &mut info), info)
            };
            (result == kResultOk).then(|| Param {
                id: info.id,
                title: utf16(&info.title),
                units: utf16(&info.units),
                steps: info.stepCount,
                default: info.defaultNormalizedValue,
                unit: info.unitId,
                automatable: info.flags & ParameterFlags_::kCanAutomate != 0,
                bypass: info.flags & ParameterFlags_::kIsBypass != 0,
            })
        };
        (0..count).filter_map(param).collect()
    }

    /// The parameter with this id, such as `slot_amount_1`.
    ///
    /// # Errors
    /// [`HostError::NoParam`] if there is none.
    pub fn param(&self, id: &str) -> Result<Param, HostError> {
        let number = param_id(id);
        let found = self.params().into_iter().find(|param| param.id == number);
        found.ok_or_else(|| HostError::NoParam(id.to_owned()))
    }

    /// The groups of parameters.
    ///
    /// # Errors
    /// If the plugin has none.
    pub fn units(&self) -> Result<Vec<Unit>, HostError> {
        let units = self
            .controller
            .cast::<IUnitInfo>()
            .ok_or(HostError::NoExtension("IUnitInfo"))?;
        // SAFETY: the units are part of the controller.
        let count = unsafe { units.getUnitCount() };
        let unit = |index| {
            // SAFETY: all zeros are a value of this structure, and the plugin fills it.
            let (result, info) = unsafe {
                let mut info: UnitInfo = std::mem::zeroed();
                (units.getUnitInfo(index, &mut info), info)
            };
            (result == kResultOk).then(|| Unit {
                id: info.id,
                parent: info.parentUnitId,
                name: utf16(&info.name),
            })
        };
        Ok((0..count).filter_map(unit).collect())
    }

    /// The present normalised value of a parameter.
    ///
    /// # Errors
    /// [`HostError::NoParam`] if there is none.
    pub fn value(&self, id: &str) -> Result<f64, HostError> {
        self.known(id)?;
        Ok(self.value_of(param_id(id)))
    }

    /// The present normalised value of the parameter with this number.
    pub fn value_of(&self, param: u32) -> f64 {
        // SAFETY: the controller lives as long as this instance.
        unsafe { self.controller.getParamNormalized(param) }
    }

    /// Sets a parameter now, through the controller.
    ///
    /// # Errors
    /// [`HostError::NoParam`] if there is none, [`HostError::Refused`] if the plugin does not take the value.
    pub fn set(&mut self, id: &str, value: f64) -> Result<(), HostError> {
        self.known(id)?;
        if !self.set_number(param_id(id), value) {
            return Err(HostError::Refused {
                action: "set a parameter",
                reason: format!("{id} to {value}"),
            });
        }
        self.pump()
    }

    /// Sets the parameter with this number through the controller. Returns whether the plugin took the value.
    pub fn set_number(&mut self, param: u32, value: f64) -> bool {
        // SAFETY: the controller lives as long as this instance.
        unsafe { self.controller.setParamNormalized(param, value) == kResultOk }
    }

    /// Sets a parameter by what a user would type, such as `Ablate` or `40 %`.
    ///
    /// # Errors
    /// [`HostError::Text`] if the plugin does not understand it.
    pub fn set_text(&mut self, id: &str, text: &str) -> Result<(), HostError> {
        let value = self.text_to_value(id, text)?;
        self.set(id, value)
    }

    /// The normalised value that a parameter understands a text to mean.
    ///
    /// # Errors
    /// [`HostError::Text`] if it does not understand it.
    pub fn text_to_value(&self, id: &str, text: &str) -> Result<f64, HostError> {
        self.number_from_text(param_id(id), text)
    }

    /// As [`Plugin::text_to_value`], for the parameter with this number.
    ///
    /// # Errors
    /// [`HostError::Text`] if it does not understand it.
    pub fn number_from_text(&self, param: u32, text: &str) -> Result<f64, HostError> {
        let mut wide: Vec<u16> = text.encode_utf16().chain([0]).collect();
        let mut value = f64::NAN;
        // SAFETY: the text ends in a zero, and the plugin writes one number.
        let result = unsafe {
            self.controller
                .getParamValueByString(param, wide.as_mut_ptr(), &mut value)
        };
        (result == kResultOk)
            .then_some(value)
            .ok_or_else(|| HostError::Text {
                param: param.to_string(),
                text: text.to_owned(),
            })
    }

    /// How the plugin writes a normalised value of a parameter.
    ///
    /// # Errors
    /// [`HostError::NoParam`] if there is none.
    pub fn value_to_text(&self, id: &str, value: f64) -> Result<String, HostError> {
        self.number_to_text(param_id(id), value)
    }

    /// As [`Plugin::value_to_text`], for the parameter with this number.
    ///
    /// # Errors
    /// [`HostError::NoParam`] if there is none.
    pub fn number_to_text(&self, param: u32, value: f64) -> Result<String, HostError> {
        let mut text: String128 = [0; 128];
        // SAFETY: the plugin writes up to 128 characters.
        let result = unsafe {
            self.controller
                .getParamStringByValue(param, value, &mut text)
        };
        (result == kResultOk)
            .then(|| utf16(&text))
            .ok_or_else(|| HostError::NoParam(param.to_string()))
    }

    fn known(&self, id: &str) -> Result<(), HostError> {
        self.param(id).map(|_| ())
    }
}

/// A text up to its first zero.
pub(super) fn utf16(text: &[u16]) -> String {
    let end = text.iter().position(|&unit| unit == 0);
    String::from_utf16_lossy(&text[..end.unwrap_or(text.len())])
}
