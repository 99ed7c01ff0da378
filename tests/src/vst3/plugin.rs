//! One instance of a plugin and its life cycle.

use std::rc::Rc;

use vst3::Steinberg::Vst::{
    IAudioProcessor, IAudioProcessorTrait, IComponent, IComponentHandler, IComponentTrait,
    IConnectionPoint, IConnectionPointTrait, IEditController, IEditControllerTrait,
    IHostApplication, ProcessModes_, ProcessSetup, RestartFlags_, SymbolicSampleSizes_,
};
use vst3::Steinberg::{FUnknown, IPluginBaseTrait, IPluginFactory, kResultOk, tresult};
use vst3::{ComPtr, ComWrapper};

use super::bundle::{Module, instance, tuid_bytes};
use super::handler::{Application, Handler};
use crate::host::HostError;

/// Restarts that a plugin may ask for in a row.
const MAX_RESTARTS: usize = 4;

/// The requests that only a restart fulfils.
const RESTART: i32 =
    RestartFlags_::kReloadComponent | RestartFlags_::kIoChanged | RestartFlags_::kLatencyChanged;

/// Whether a plugin may take its time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// It must keep up.
    Realtime,
    /// Blocks come at any pace ahead of when they are heard.
    Prefetch,
    /// It may take its time.
    #[default]
    Offline,
}

impl Mode {
    /// VST3's number for it.
    pub(super) fn number(self) -> i32 {
        (match self {
            Self::Realtime => ProcessModes_::kRealtime,
            Self::Prefetch => ProcessModes_::kPrefetch,
            Self::Offline => ProcessModes_::kOffline,
        }) as i32
    }
}

/// An instance of a plugin.
pub struct Plugin {
    pub(super) component: ComPtr<IComponent>,
    pub(super) processor: ComPtr<IAudioProcessor>,
    pub(super) controller: ComPtr<IEditController>,
    /// Whether the controller is an object of its own.
    apart: Option<Connection>,
    handler: ComWrapper<Handler>,
    _application: ComWrapper<Application>,
    setup: ProcessSetup,
    active: bool,
    /// Samples since the plugin was set up.
    pub(super) played: i64,
    /// Goes last: it unloads what all of the above is made of.
    _module: Rc<Module>,
}

/// A component and a controller that talk to each other.
struct Connection {
    component: ComPtr<IConnectionPoint>,
    controller: ComPtr<IConnectionPoint>,
}

impl Plugin {
    pub(super) fn new(
        component: ComPtr<IComponent>,
        factory: &ComPtr<IPluginFactory>,
        module: Rc<Module>,
    ) -> Result<Self, HostError> {
        let missing = HostError::NoExtension;
        let application = ComWrapper::new(Application);
        let us = application
            .as_com_ref::<IHostApplication>()
            .ok_or(missing("IHostApplication"))?;
        let us = us.as_ptr().cast::<FUnknown>();
        // SAFETY: the application outlives the instance.
        unsafe { check("initialise", component.initialize(us)) }?;
        let processor = component
            .cast::<IAudioProcessor>()
            .ok_or(missing("IAudioProcessor"))?;
        let (controller, apart) = match component.cast::<IEditController>() {
            Some(controller) => (controller, None),
            None => {
                let controller = controller_apart(&component, factory)?;
                // SAFETY: the application outlives the instance.
                unsafe { check("initialise its controller", controller.initialize(us)) }?;
                let apart = connect(&component, &controller);
                (controller, apart)
            }
        };
        let handler = ComWrapper::new(Handler::default());
        let handle = handler
            .as_com_ref::<IComponentHandler>()
            .ok_or(missing("IComponentHandler"))?;
        // SAFETY: the handler outlives the instance.
        unsafe {
            check(
                "be given a handler",
                controller.setComponentHandler(handle.as_ptr()),
            )
        }?;
        let setup = ProcessSetup {
            processMode: Mode::Realtime.number(),
            symbolicSampleSize: SymbolicSampleSizes_::kSample32 as i32,
            maxSamplesPerBlock: 0,
            sampleRate: 0.0,
        };
        let mut plugin = Self {
            component,
            processor,
            controller,
            apart,
            handler,
            _application: application,
            setup,
            active: false,
            played: 0,
            _module: module,
        };
        plugin.pump()?;
        Ok(plugin)
    }

    /// Says how blocks will come, once: mode, rate and the longest block. The plugin is deactivated for it.
    ///
    /// # Errors
    /// [`HostError::Refused`] if the plugin does not take it.
    pub fn set_up(
        &mut self,
        mode: Mode,
        sample_rate: f64,
        longest: usize,
    ) -> Result<(), HostError> {
        self.deactivate();
        self.setup.processMode = mode.number();
        self.setup.sampleRate = sample_rate;
        self.setup.maxSamplesPerBlock = longest as i32;
        self.played = 0;
        // SAFETY: the plugin reads the structure during the call.
        unsafe { check("be set up", self.processor.setupProcessing(&mut self.setup)) }
    }

    /// Activates and starts the plugin, which has been set up, and restarts it if it asks for that at once.
    ///
    /// # Errors
    /// [`HostError::Refused`] with what was refused.
    pub fn activate(&mut self) -> Result<(), HostError> {
        self.start()?;
        self.pump()
    }

    fn start(&mut self) -> Result<(), HostError> {
        // SAFETY: the plugin has been set up, and is inactive.
        unsafe {
            check("be activated", self.component.setActive(1))?;
            self.active = true;
            // Optional, and what it returns says no more than that.
            self.processor.setProcessing(1);
        }
        Ok(())
    }

    /// Stops and deactivates the plugin, if it is active.
    pub fn deactivate(&mut self) {
        if std::mem::take(&mut self.active) {
            // SAFETY: the plugin is active.
            unsafe {
                self.processor.setProcessing(0);
                self.component.setActive(0);
            }
        }
    }

    /// Stops and starts processing without deactivating, as a host does when it jumps in time.
    pub fn reset(&mut self) {
        if self.active {
            // SAFETY: the plugin is active.
            unsafe {
                self.processor.setProcessing(0);
                self.processor.setProcessing(1);
            }
        }
    }

    /// Whether the plugin is ready to process.
    pub fn is_active(&self) -> bool {
        self.active
    }

    /// The latency it reports, in samples.
    pub fn latency(&self) -> usize {
        // SAFETY: the processor lives as long as this instance.
        unsafe { self.processor.getLatencySamples() as usize }
    }

    /// How long it sounds on after its input has ended, in samples; `None` for ever.
    pub fn tail(&self) -> Option<u32> {
        // SAFETY: the processor lives as long as this instance.
        match unsafe { self.processor.getTailSamples() } {
            u32::MAX => None,
            samples => Some(samples),
        }
    }

    pub(super) fn sample_rate(&self) -> f64 {
        self.setup.sampleRate
    }

    /// Does what the plugin asked for: restarts it.
    ///
    /// # Errors
    /// If it asked for a restart and then refuses it, or asks for one restart after the other.
    pub fn pump(&mut self) -> Result<(), HostError> {
        for _ in 0..MAX_RESTARTS {
            if self.handler.take_restart() & RESTART == 0 || !self.active {
                return Ok(());
            }
            self.deactivate();
            self.start()?;
        }
        Err(HostError::Refused {
            action: "settle",
            reason: format!("it asked for {MAX_RESTARTS} restarts in a row"),
        })
    }

    /// What the plugin has set of its own accord since last asked: numbers and normalised values.
    pub fn take_edits(&mut self) -> Vec<(u32, f64)> {
        self.handler.take_edits()
    }
}

impl Drop for Plugin {
    fn drop(&mut self) {
        self.deactivate();
        // SAFETY: the instance is inactive and nobody else uses it.
        unsafe {
            self.controller.setComponentHandler(std::ptr::null_mut());
            if let Some(Connection {
                component,
                controller,
            }) = &self.apart
            {
                component.disconnect(controller.as_ptr());
                controller.disconnect(component.as_ptr());
            }
            if self.component.cast::<IEditController>().is_none() {
                self.controller.terminate();
            }
            self.component.terminate();
        }
    }
}

/// The controller of a component that is none itself.
fn controller_apart(
    component: &ComPtr<IComponent>,
    factory: &ComPtr<IPluginFactory>,
) -> Result<ComPtr<IEditController>, HostError> {
    let mut class = [0; 16];
    // SAFETY: the plugin writes 16 bytes.
    unsafe {
        check(
            "name its controller",
            component.getControllerClassId(&mut class),
        )
    }?;
    instance(factory, &tuid_bytes(&class)).ok_or(HostError::NoExtension("IEditController"))
}

fn connect(
    component: &ComPtr<IComponent>,
    controller: &ComPtr<IEditController>,
) -> Option<Connection> {
    let connection = Connection {
        component: component.cast()?,
        controller: controller.cast()?,
    };
    // SAFETY: both live until they are disconnected.
    unsafe {
        connection.component.connect(connection.controller.as_ptr());
        connection.controller.connect(connection.component.as_ptr());
    }
    Some(connection)
}

fn check(action: &'static str, result: tresult) -> Result<(), HostError> {
    if result == kResultOk {
        return Ok(());
    }
    Err(HostError::Refused {
        action,
        reason: format!("result {result}"),
    })
}
