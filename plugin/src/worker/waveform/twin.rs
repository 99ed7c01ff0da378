//! A half of a model as it is heard, bent, and as it would be unbent. Pool threads.
//!
//! As long as nothing was bent of late both are one. They part with the first bend, and are one again once their states are, bit for bit: what a bend
//! has left in the states has then gone by. The unbent one is only kept where it is heard: it begins anew from the bent one's states, so that
//! what it says comes in gently.

use netbend_models::ModelError;
use netbend_models::waveform::states::States;

/// The states of one half.
#[derive(Debug)]
pub(super) struct Twin {
    /// `None` while nobody hears it.
    clean: Option<States>,
    /// `None` while it is as the clean one.
    bent: Option<States>,
}

/// What to run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted {
    /// Whether the unbent one is heard.
    pub(super) clean: bool,
    /// Whether it is bent, or hears something else than the clean one.
    pub(super) bent: bool,
}

impl Twin {
    pub(super) fn at(rest: States) -> Self {
        Self {
            clean: Some(rest),
            bent: None,
        }
    }

    /// Another one that has heard the same.
    pub(super) fn copied(&self) -> Self {
        Self {
            clean: self.clean.clone(),
            bent: self.bent.clone(),
        }
    }

    /// Whether bent and clean are one.
    pub(super) fn is_one(&self) -> bool {
        self.bent.is_none()
    }

    /// Runs a block: `run` with the clean states and `false`, with the bent ones and `true`, or with either alone. Returns how often it ran.
    ///
    /// # Errors
    /// What `run` reports.
    pub(super) fn step(
        &mut self,
        wanted: Wanted,
        mut run: impl FnMut(&mut States, bool) -> Result<(), ModelError>,
    ) -> Result<u64, ModelError> {
        if wanted.bent && self.bent.is_none() {
            self.bent = self.clean.clone();
        }
        let Some(bent) = &mut self.bent else {
            if let Some(clean) = &mut self.clean {
                run(clean, false)?;
            }
            return Ok(1);
        };
        let mut runs = 1;
        if wanted.clean {
            let clean = self.clean.get_or_insert_with(|| bent.clone());
            run(clean, false)?;
            runs = 2;
        } else {
            self.clean = None;
        }
        run(bent, true)?;
        if !wanted.bent {
            match &self.clean {
                Some(clean) if clean.same_bits(bent) => self.bent = None,
                Some(_) => {}
                None => self.clean = self.bent.take(),
            }
        }
        Ok(runs)
    }
}
