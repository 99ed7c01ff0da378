//! What to do about a problem, by its kind. Most causes say it themselves; a model's file does not know where it comes from.

use crate::error::{Error, Origin};

/// What to do, without a full stop; `None` where the cause says it.
pub fn advice(cause: &Error) -> Option<String> {
    match cause {
        Error::Model {
            origin: Origin::Shipped,
            ..
        } => Some("It comes with Netbend: reinstall Netbend".to_owned()),
        Error::Model {
            path,
            origin: Origin::Own,
            ..
        } => Some(format!(
            "The model is your own: `netbend inspect \"{}\"` says what it lacks; put the file right or replace it, then look again",
            path.display()
        )),
        _ => None,
    }
}

/// Whether the cause is a model's file that is not there or does not work: what the user puts right is found by looking again.
pub fn is_of_file(cause: &Error) -> bool {
    matches!(
        cause,
        Error::Model { .. } | Error::MissingModel { .. } | Error::MissingContent { .. }
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

    use netbend_models::RuntimeError;

    use super::*;
    use crate::resources::Resources;

    fn broken(origin: Origin) -> Error {
        Error::Model {
            path: "/models/mine.onnx".into(),
            origin,
            said: "not a whole ONNX file".to_owned(),
        }
    }

    #[test]
    fn a_model_of_the_users_own_is_named_and_not_reinstalled() {
        let own = advice(&broken(Origin::Own)).unwrap();
        assert!(
            own.contains("`netbend inspect \"/models/mine.onnx\"`"),
            "{own}"
        );
        assert!(!own.contains("einstall"), "{own}");
        let shipped = advice(&broken(Origin::Shipped)).unwrap();
        assert!(shipped.contains("reinstall Netbend"), "{shipped}");
    }

    #[test]
    fn the_shipped_model_is_known_by_its_name_and_place() {
        let resources = Resources::at("resources");
        let origin = |path: &str| resources.origin(path.as_ref());
        assert_eq!(origin("resources/models/drums.onnx"), Origin::Shipped);
        assert_eq!(origin("resources/models/mine.onnx"), Origin::Own);
        assert_eq!(origin("home/models/drums.onnx"), Origin::Own);
    }

    #[test]
    fn who_is_to_bring_a_missing_model_is_told_by_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let resources = Resources::at(folder.path());
        let own = resources.model("mine").unwrap_err();
        assert!(
            own.to_string()
                .ends_with("Put mine.onnx into one of these folders"),
            "{own}"
        );
        let shipped = resources.model("drums").unwrap_err();
        assert!(shipped.to_string().ends_with("Reinstall Netbend"));
        for missing in [own, shipped] {
            assert_eq!(advice(&missing), None);
            assert!(is_of_file(&missing));
        }
    }

    #[test]
    fn the_runtime_says_itself_what_to_do() {
        let runtime = Error::from(RuntimeError::Load("cut short".to_owned()));
        assert!(runtime.to_string().contains("Reinstall Netbend"));
        assert_eq!(advice(&runtime), None);
        assert!(!is_of_file(&runtime));
    }
}
