//! Pages of remote controls: a controller's eight knobs always have parameters that exist, and every parameter can be reached.

use std::collections::BTreeSet;

use netbend_tests::host::{Plugin, param_id};
use netbend_tests::hosted::Hosted;

#[test]
fn every_page_names_parameters_that_exist_and_every_parameter_has_a_page() {
    let mut plugin = <Plugin as Hosted>::open().unwrap();
    let there: BTreeSet<u32> = plugin
        .params()
        .unwrap()
        .iter()
        .map(|param| param.id)
        .collect();
    let pages = plugin.remote_pages().unwrap();
    for page in &pages {
        let held: Vec<u32> = page.params.iter().flatten().copied().collect();
        assert!(!held.is_empty(), "{page:?}");
        assert!(held.iter().all(|id| there.contains(id)), "{page:?}");
        assert!(
            !page.name.is_empty() && !page.section.is_empty(),
            "{page:?}"
        );
    }
    let held: BTreeSet<u32> = pages
        .iter()
        .flat_map(|page| page.params)
        .flatten()
        .collect();
    assert_eq!(held, there);
}

#[test]
fn no_page_has_anothers_name_or_number() {
    let mut plugin = <Plugin as Hosted>::open().unwrap();
    let pages = plugin.remote_pages().unwrap();
    let names: BTreeSet<_> = pages.iter().map(|page| &page.name).collect();
    let ids: BTreeSet<_> = pages.iter().map(|page| page.id).collect();
    assert_eq!((names.len(), ids.len()), (pages.len(), pages.len()));
    // What is played most comes first, and knobs lie where their slots do.
    assert_eq!(pages[0].name, "Mix & voice");
    let third = pages.iter().find(|page| page.name == "Slot 3").unwrap();
    assert_eq!(third.params[1], Some(param_id("slot_amount_3")));
}
