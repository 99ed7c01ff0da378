//! Panics of libraries below, turned into errors that name their cause. Loader and pool threads, or offline.
//!
//! A binding may panic where it is given what it did not foresee. Whoever asked for a model is told what and where; a message that
//! only says that something stopped helps nobody.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

use crate::error::ModelError;

thread_local! {
    /// Whether this thread is inside of [`contained`].
    static WATCHED: Cell<bool> = const { Cell::new(false) };
    /// The newest panic of this thread: its message and place.
    static CAUSE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Characters of a cause that are told.
const LONGEST: usize = 400;

/// Runs `work`; a panic inside becomes [`ModelError::Stopped`], with what it said and where.
///
/// # Errors
/// What `work` reports, or [`ModelError::Stopped`].
pub fn contained<T>(work: impl FnOnce() -> Result<T, ModelError>) -> Result<T, ModelError> {
    watch();
    let outer = WATCHED.replace(true);
    let result = catch_unwind(AssertUnwindSafe(work));
    WATCHED.set(outer);
    result.unwrap_or_else(|payload| {
        let cause = CAUSE
            .take()
            .unwrap_or_else(|| said(payload.as_ref()).to_owned());
        Err(ModelError::Stopped(cause.chars().take(LONGEST).collect()))
    })
}

/// Has panics of watched threads written down rather than printed. All others go where they went.
fn watch() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = take_hook();
        set_hook(Box::new(move |panic| {
            if !WATCHED.try_with(Cell::get).unwrap_or(false) {
                return before(panic);
            }
            let place = panic.location().map_or_else(String::new, |place| {
                // The file's own name: folders are those of whoever built this.
                let file = place.file().rsplit(['/', '\\']).next().unwrap_or_default();
                format!(" ({file}:{})", place.line())
            });
            let cause = format!("{}{place}", said(panic.payload()));
            let _ = CAUSE.try_with(|known| *known.borrow_mut() = Some(cause));
        }));
    });
}

/// What a panic said.
fn said(payload: &dyn Any) -> &str {
    match (
        payload.downcast_ref::<&str>(),
        payload.downcast_ref::<String>(),
    ) {
        (Some(text), _) => text,
        (None, Some(text)) => text,
        _ => "it did not say why",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_an_error_with_its_cause_and_place() {
        let message =
            |work: fn() -> Result<(), ModelError>| contained(work).unwrap_err().to_string();
        let index = message(|| {
            let dims: Vec<usize> = std::hint::black_box(Vec::new());
            Err(ModelError::Structure(format!("{}", dims[3])))
        });
        assert!(
            index.contains("index is 3") && index.contains("fault.rs:"),
            "{index}"
        );
        let odd = message(|| std::panic::panic_any(7));
        assert!(odd.contains("did not say why"), "{odd}");
        assert!(contained(|| Ok(1)).is_ok());
        let inner = message(|| {
            let _ = contained(|| -> Result<(), ModelError> { panic!("inside") });
            panic!("outside")
        });
        assert!(inner.contains("outside"), "{inner}");
    }
}
