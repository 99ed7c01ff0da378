//! Saving and loading, as a project does.

use vst3::ComWrapper;
use vst3::Steinberg::Vst::{IComponentTrait, IEditControllerTrait};
use vst3::Steinberg::{IBStream, kResultOk};

use super::{Plugin, Stream, Trouble};
use crate::host::HostError;

impl Plugin {
    /// What the plugin wants kept in a project.
    ///
    /// # Errors
    /// [`HostError::State`] if it refuses.
    pub fn save(&mut self) -> Result<Vec<u8>, HostError> {
        self.save_to(Stream::default()).map(|stream| stream.bytes())
    }

    /// As [`Plugin::save`], into a stream that may give trouble.
    ///
    /// # Errors
    /// [`HostError::State`] if it refuses.
    pub fn save_to(&mut self, stream: Stream) -> Result<ComWrapper<Stream>, HostError> {
        const REFUSED: HostError = HostError::State("save");
        let stream = ComWrapper::new(stream);
        let address = stream.to_com_ptr::<IBStream>().ok_or(REFUSED)?;
        // SAFETY: the stream outlives the call.
        let result = unsafe { self.component.getState(address.as_ptr()) };
        (result == kResultOk).then_some(stream).ok_or(REFUSED)
    }

    /// Gives back to the plugin what a project kept.
    ///
    /// # Errors
    /// [`HostError::State`] if it refuses.
    pub fn load(&mut self, saved: &[u8]) -> Result<(), HostError> {
        self.load_from(Stream::new(saved.to_vec(), 0, Trouble::None))
    }

    /// As [`Plugin::load`], from a stream that may give trouble.
    ///
    /// # Errors
    /// [`HostError::State`] if it refuses.
    pub fn load_from(&mut self, stream: Stream) -> Result<(), HostError> {
        const REFUSED: HostError = HostError::State("load");
        let stream = ComWrapper::new(stream);
        let address = stream.to_com_ptr::<IBStream>().ok_or(REFUSED)?;
        // SAFETY: the stream outlives the call.
        let result = unsafe { self.component.setState(address.as_ptr()) };
        if result != kResultOk {
            return Err(REFUSED);
        }
        self.pump()
    }

    /// Tells the controller what the component was given, as hosts do after [`Plugin::load`].
    ///
    /// # Errors
    /// [`HostError::State`] if it refuses.
    pub fn inform_controller(&mut self, saved: &[u8]) -> Result<(), HostError> {
        const REFUSED: HostError = HostError::State("load");
        let stream = ComWrapper::new(Stream::new(saved.to_vec(), 0, Trouble::None));
        let address = stream.to_com_ptr::<IBStream>().ok_or(REFUSED)?;
        // SAFETY: the stream outlives the call.
        let result = unsafe { self.controller.setComponentState(address.as_ptr()) };
        (result == kResultOk).then_some(()).ok_or(REFUSED)
    }
}
