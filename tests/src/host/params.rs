//! Parameters by the ids Netbend promises to keep.

use std::ffi::CString;

use clack_extensions::params::{ParamInfoBuffer, ParamInfoFlags, PluginParams};
use clack_host::events::event_types::ParamValueEvent;
use clack_host::prelude::{ClapId, Pckn};

use super::{HostError, Plugin};

/// The longest text of a value we read, in bytes.
const TEXT_BYTES: usize = 256;

/// A parameter as the host sees it. Values run from 0 to 1, those of stepped parameters from 0 to
/// their number of steps.
#[derive(Clone, Debug)]
pub struct Param {
    /// CLAP's number for it.
    pub id: u32,
    /// The name shown to users.
    pub name: String,
    /// Where it belongs, such as `Slot 1`.
    pub module: String,
    /// The smallest value.
    pub min: f64,
    /// The largest value.
    pub max: f64,
    /// The value of a fresh instance.
    pub default: f64,
    /// Whether only whole values count.
    pub stepped: bool,
    /// Whether a host may record it.
    pub automatable: bool,
    /// Whether it is the host's bypass.
    pub bypass: bool,
}

/// CLAP's number for a parameter's id, as nice-plug derives it.
pub fn param_id(id: &str) -> u32 {
    let hash = id.bytes().fold(0u32, |hash, byte| {
        hash.wrapping_mul(31).wrapping_add(byte.into())
    });
    hash & !(1 << 31)
}

impl Plugin {
    /// All parameters, in the plugin's order.
    ///
    /// # Errors
    /// If the plugin has no parameters at all.
    pub fn params(&mut self) -> Result<Vec<Param>, HostError> {
        let params: PluginParams = self.extension("params")?;
        let handle = self.instance.plugin_handle();
        let param = |index| {
            let mut buffer = ParamInfoBuffer::new();
            let info = params.get_info(&handle, index, &mut buffer)?;
            Some(Param {
                id: info.id.get(),
                name: String::from_utf8_lossy(info.name).into_owned(),
                module: String::from_utf8_lossy(info.module).into_owned(),
                min: info.min_value,
                max: info.max_value,
                default: info.default_value,
                stepped: info.flags.contains(ParamInfoFlags::IS_STEPPED),
                automatable: info.flags.contains(ParamInfoFlags::IS_AUTOMATABLE),
                bypass: info.flags.contains(ParamInfoFlags::IS_BYPASS),
            })
        };
        Ok((0..params.count(&handle)).filter_map(param).collect())
    }

    /// The parameter with this id, such as `slot_amount_1`.
    ///
    /// # Errors
    /// [`HostError::NoParam`] if there is none.
    pub fn param(&mut self, id: &str) -> Result<Param, HostError> {
        let number = param_id(id);
        let found = self.params()?.into_iter().find(|param| param.id == number);
        found.ok_or_else(|| HostError::NoParam(id.to_owned()))
    }

    /// The present value of a parameter.
    ///
    /// # Errors
    /// [`HostError::NoParam`] if there is none.
    pub fn value(&mut self, id: &str) -> Result<f64, HostError> {
        let params: PluginParams = self.extension("params")?;
        params
            .get_value(&self.instance.plugin_handle(), clap_id(id)?)
            .ok_or_else(|| HostError::NoParam(id.to_owned()))
    }

    /// The present value of the parameter with CLAP's number `param`.
    ///
    /// # Errors
    /// [`HostError::NoParam`] if that is no number of a parameter.
    pub fn value_of(&mut self, param: u32) -> Result<f64, HostError> {
        let params: PluginParams = self.extension("params")?;
        ClapId::from_raw(param)
            .and_then(|id| params.get_value(&self.instance.plugin_handle(), id))
            .ok_or_else(|| HostError::NoParam(param.to_string()))
    }

    /// Sets a parameter now, outside of processing.
    ///
    /// # Errors
    /// [`HostError::NoParam`] if there is none.
    pub fn set(&mut self, id: &str, value: f64) -> Result<(), HostError> {
        self.value(id)?;
        self.set_number(param_id(id), value)
    }

    /// Sets the parameter with CLAP's number `param` now, outside of processing.
    ///
    /// # Errors
    /// [`HostError::NoParam`] if that is no number of a parameter.
    pub fn set_number(&mut self, param: u32, value: f64) -> Result<(), HostError> {
        self.flush(&[change(param, value, 0)?])
    }

    /// Sets a parameter by what a user would type, such as `Ablate` or `40 %`.
    ///
    /// # Errors
    /// [`HostError::Text`] if the plugin does not understand it.
    pub fn set_text(&mut self, id: &str, text: &str) -> Result<(), HostError> {
        let value = self.text_to_value(id, text)?;
        self.set(id, value)
    }

    /// The value that a parameter understands a text to mean.
    ///
    /// # Errors
    /// [`HostError::Text`] if it does not understand it.
    pub fn text_to_value(&mut self, id: &str, text: &str) -> Result<f64, HostError> {
        let params: PluginParams = self.extension("params")?;
        let handle = self.instance.plugin_handle();
        let value = CString::new(text)
            .ok()
            .and_then(|text| params.text_to_value(&handle, clap_id(id).ok()?, &text));
        value.ok_or_else(|| HostError::Text {
            param: id.to_owned(),
            text: text.to_owned(),
        })
    }

    /// How the plugin writes a value of a parameter.
    ///
    /// # Errors
    /// [`HostError::NoParam`] if there is none.
    pub fn value_to_text(&mut self, id: &str, value: f64) -> Result<String, HostError> {
        let params: PluginParams = self.extension("params")?;
        let mut buffer = [0; TEXT_BYTES];
        let handle = self.instance.plugin_handle();
        params
            .value_to_text(&handle, clap_id(id)?, value, &mut buffer)
            .map(|text| String::from_utf8_lossy(text).into_owned())
            .map_err(|_| HostError::NoParam(id.to_owned()))
    }
}

/// The event that sets a parameter at a sample offset of a block.
pub(crate) fn change(param: u32, value: f64, offset: u32) -> Result<ParamValueEvent, HostError> {
    let id = ClapId::from_raw(param).ok_or_else(|| HostError::NoParam(param.to_string()))?;
    Ok(ParamValueEvent::new(offset, id, Pckn::match_all(), value))
}

fn clap_id(id: &str) -> Result<ClapId, HostError> {
    ClapId::from_raw(param_id(id)).ok_or_else(|| HostError::NoParam(id.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_hashed_as_nice_plug_does() {
        // Read from a plugin that nice-plug 0.4.2 built.
        let known = [
            ("gain", 3_165_055),
            ("latency", 2_100_907_262),
            ("bypass", 773_352_680),
        ];
        for (id, number) in known {
            assert_eq!(param_id(id), number, "{id}");
        }
    }
}
