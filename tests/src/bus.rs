//! One audio bus of a block, as freely made up as CLAP and VST3 allow.

use std::marker::PhantomData;

/// How many channels a bus says it has, and the addresses of their samples.
#[derive(Clone, Debug)]
pub struct Bus<'a> {
    channels: usize,
    /// `None` for no array at all.
    addresses: Option<Vec<*mut f32>>,
    /// The length of the shortest channel.
    samples: usize,
    _samples: PhantomData<&'a mut [f32]>,
}

impl<'a> Bus<'a> {
    /// A bus with sound in every channel.
    pub fn of(channels: impl IntoIterator<Item = &'a mut [f32]>) -> Self {
        Self::with_holes(channels.into_iter().map(Some))
    }

    /// A bus in which some channels have no samples: null addresses.
    pub fn with_holes(channels: impl IntoIterator<Item = Option<&'a mut [f32]>>) -> Self {
        let mut samples = usize::MAX;
        let address = |channel: Option<&'a mut [f32]>| match channel {
            Some(channel) => {
                samples = samples.min(channel.len());
                channel.as_mut_ptr()
            }
            None => std::ptr::null_mut(),
        };
        let addresses: Vec<_> = channels.into_iter().map(address).collect();
        Self {
            channels: addresses.len(),
            addresses: Some(addresses),
            samples,
            _samples: PhantomData,
        }
    }

    /// A bus whose channels all have null addresses, as one that is turned off may have.
    pub fn null_addresses(channels: usize) -> Self {
        Self::with_holes((0..channels).map(|_| None))
    }

    /// A bus that says it has channels and has no array of addresses.
    pub fn null_array(channels: usize) -> Self {
        Self {
            channels,
            addresses: None,
            ..Self::with_holes([])
        }
    }

    /// A bus without channels.
    pub fn empty() -> Self {
        Self::null_array(0)
    }

    /// The same samples again, for a host that processes in place.
    pub fn in_place(&self) -> Self {
        self.clone()
    }

    /// The length of the shortest channel that has samples.
    pub fn samples(&self) -> usize {
        self.samples
    }

    pub(crate) fn channels(&self) -> usize {
        self.channels
    }

    /// The array of addresses, null if there is none.
    pub(crate) fn array(&mut self) -> *mut *mut f32 {
        let addresses = self.addresses.as_mut();
        addresses.map_or(std::ptr::null_mut(), |addresses| addresses.as_mut_ptr())
    }
}
