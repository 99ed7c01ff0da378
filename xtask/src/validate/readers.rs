//! What each validator's output means.

use anyhow::{Context, Result};
use serde_json::Value;

use super::table::Verdict;

/// The first word of a text that is a number with a dot, such as `3.7.14`.
pub fn version(text: &str) -> Option<String> {
    let words = text.split_whitespace();
    let mut versions = words.map(|word| word.trim_matches(|c: char| !c.is_ascii_digit()));
    let is_version =
        |word: &&str| word.contains('.') && word.chars().all(|c| c.is_ascii_digit() || c == '.');
    versions.find(is_version).map(String::from)
}

/// The lines that a tool marks as errors.
pub fn error_lines(log: &str) -> Vec<String> {
    let lines = log.lines().map(str::trim);
    let errors = lines.filter(|line| line.starts_with("ERROR") || line.starts_with("[ERROR"));
    errors.map(String::from).collect()
}

/// `clap-validator validate --json`.
///
/// # Errors
/// Where the text is not what the validator writes.
pub fn clap_results(text: &str) -> Result<Verdict> {
    let json: Value = serde_json::from_str(text).context("the CLAP validator gave no JSON")?;
    let results = json["results"].as_array();
    let results = results.context("the CLAP validator gave no `results`")?;
    let mut verdict = Verdict::default();
    for result in results {
        let code = result["status"]["code"].as_str().unwrap_or("unknown");
        let tally = match code {
            "success" => &mut verdict.passed,
            "skipped" => &mut verdict.skipped,
            "warning" => &mut verdict.warnings,
            _ => &mut verdict.failed,
        };
        *tally += 1;
        if !matches!(code, "success" | "skipped") {
            let details = result["status"]["details"].as_str().unwrap_or("");
            verdict
                .faults
                .push(format!("{code}: {}: {details}", clap_test(result)));
        }
    }
    Ok(verdict)
}

/// The name of a CLAP validator's test, whatever kind of test it is.
fn clap_test(result: &Value) -> &str {
    let kinds = result["test"].as_object();
    let mut tests = kinds.into_iter().flat_map(|kinds| kinds.values());
    tests
        .find_map(|kind| kind["test"].as_str())
        .unwrap_or("unnamed")
}

/// `clap-validator fuzz --json`, which lists the faults it found; a run without one counts as one test passed.
///
/// # Errors
/// Where the text is not what the validator writes.
pub fn clap_fuzz(text: &str, minutes: u32) -> Result<Verdict> {
    let json: Value = serde_json::from_str(text).context("the CLAP validator gave no JSON")?;
    let faults = json.as_array().context("the CLAP validator gave no list")?;
    Ok(Verdict {
        passed: usize::from(faults.is_empty()),
        failed: faults.len(),
        faults: faults
            .iter()
            .map(|fault| format!("within {minutes} minutes: {fault}"))
            .collect(),
        ..Verdict::default()
    })
}

/// What Steinberg's validator writes.
pub fn vst3_log(log: &str) -> Verdict {
    let faults = error_lines(log);
    let mut verdict = Verdict {
        errors: faults.len(),
        faults,
        ..Verdict::default()
    };
    let result = log.lines().rfind(|line| line.starts_with("Result:"));
    let numbers: Vec<usize> = result
        .unwrap_or_default()
        .split_whitespace()
        .filter_map(|word| word.parse().ok())
        .collect();
    if let [passed, failed] = numbers[..] {
        (verdict.passed, verdict.failed) = (passed, failed);
    } else {
        verdict.failed += 1;
        verdict.faults.push(String::from("it came to no result"));
    }
    let warnings = log.lines().filter(|line| line.starts_with("WARNING"));
    verdict.warnings = warnings.count();
    verdict
}

/// What pluginval writes: groups of checks, each of which names the checks that failed.
pub fn pluginval_log(log: &str) -> Verdict {
    let lines = || log.lines().map(str::trim);
    let failures = lines().filter(|line| line.starts_with("!!!"));
    let faults: Vec<String> = failures.map(String::from).collect();
    let started = lines().filter(|line| line.starts_with("Starting tests in"));
    let completed = lines().filter(|line| line.starts_with("Completed tests in"));
    let (started, completed) = (started.count(), completed.count());
    let failed = faults.len() + (started - completed.min(started));
    Verdict {
        passed: completed.saturating_sub(faults.len()),
        failed,
        skipped: lines().filter(|line| line.contains("skipping")).count(),
        warnings: lines().filter(|line| line.starts_with("WARNING")).count(),
        errors: error_lines(log).len(),
        faults,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_found_among_other_words() {
        for (said, expected) in [
            ("clap-validator 0.4.1\n", "0.4.1"),
            ("VST 3.7.14 Plug-in Validator\nBuilt on Nov 28", "3.7.14"),
            ("pluginval - 1.0.3", "1.0.3"),
            ("tool v2.0", "2.0"),
        ] {
            assert_eq!(version(said).as_deref(), Some(expected));
        }
        assert_eq!(version("no number here"), None);
    }

    #[test]
    fn the_clap_validators_results_are_counted() {
        let result = |code: &str| {
            format!(
                r#"{{"test": {{"plugin-instance": {{"test": "scan"}}}}, "status": {{"code": "{code}", "details": "why"}}}}"#
            )
        };
        let codes = [
            "success", "success", "skipped", "warning", "failed", "crashed",
        ];
        let results = codes.map(result).join(",");
        let verdict = clap_results(&format!(r#"{{"results": [{results}]}}"#)).unwrap();
        let counts = (verdict.passed, verdict.failed, verdict.skipped);
        assert_eq!((counts, verdict.warnings), ((2, 2, 1), 1));
        let faults = [
            "warning: scan: why",
            "failed: scan: why",
            "crashed: scan: why",
        ];
        assert_eq!(verdict.faults, faults);
        assert!(clap_results("nothing").is_err());
    }

    #[test]
    fn a_fuzz_without_a_fault_passed() {
        assert!(!clap_fuzz("[]", 10).unwrap().is_faulty());
        assert_eq!(clap_fuzz(r#"[{"seed": 1}]"#, 10).unwrap().failed, 1);
    }

    #[test]
    fn steinbergs_log_is_read_whether_it_ends_or_not() {
        let log = "ERROR: The bypass parameter was not correctly set!\nResult: 536 tests passed, 1 tests failed\n";
        let verdict = vst3_log(log);
        assert_eq!(
            (verdict.passed, verdict.failed, verdict.errors),
            (536, 1, 1)
        );
        assert!(vst3_log("[Scan Buses]\n").is_faulty());
        assert!(!vst3_log("Result: 537 tests passed, 0 tests failed").is_faulty());
    }

    #[test]
    fn pluginvals_groups_are_counted_and_what_was_not_completed_failed() {
        let group =
            |name: &str| format!("Starting tests in: {name}...\nCompleted tests in {name}\n");
        let log = group("Editor") + &group("Automation");
        assert_eq!(pluginval_log(&log).passed, 2);
        assert!(!pluginval_log(&log).is_faulty());
        assert!(pluginval_log(&(log.clone() + "Starting tests in: Basic bus...\n")).is_faulty());
        let failed = pluginval_log(&(log + "!!! Test 1 failed: too loud\n"));
        assert_eq!((failed.passed, failed.failed), (1, 1));
    }
}
