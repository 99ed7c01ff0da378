//! Routes: what moves what.

use serde::{Deserialize, Serialize};
use serde_saphyr::Spanned;

use super::value::word;
use crate::bends::modulation::{MOST_ROUTES, Polarity, Route, Routes, Source, Target};
use crate::error::PresetError;
use crate::preset::reader::{Reader, given};
use crate::text::nearest::{did_you_mean, quoted};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Found {
    from: Spanned<String>,
    to: Spanned<String>,
    depth: Spanned<f64>,
    #[serde(default, deserialize_with = "given")]
    polarity: Option<Spanned<String>>,
}

pub(super) fn read(
    reader: &Reader<'_>,
    found: &Spanned<Vec<Found>>,
) -> Result<Routes, PresetError> {
    let mut routes = Routes::default();
    for entry in &found.value {
        let route = one(reader, entry)?;
        if routes.find(route.from, route.to).is_some() {
            let message = format!(
                "a second route from `{}` to `{}` found; expected one",
                route.from.name(),
                route.to.name()
            );
            return Err(reader.error(&entry.from, message));
        }
        if !routes.put(route) {
            let count = found.value.len();
            let message = format!("{count} routes found; expected at most {MOST_ROUTES}");
            return Err(reader.error(&entry.from, message));
        }
    }
    Ok(routes)
}

fn one(reader: &Reader<'_>, found: &Found) -> Result<Route, PresetError> {
    let from = Source::from_name(&found.from.value).ok_or_else(|| {
        let names: Vec<_> = Source::all().map(Source::name).collect();
        let names: Vec<_> = names.iter().map(String::as_str).collect();
        reader.error(&found.from, reader.word("from", &found.from.value, &names))
    })?;
    let to = Target::from_name(&found.to.value).ok_or_else(|| {
        let names: Vec<_> = Target::all().map(Target::name).collect();
        let names = names.iter().map(String::as_str);
        let hint = did_you_mean(&found.to.value, names, || {
            "expected a knob such as `slot_amount_1`".to_owned()
        });
        let message = format!(
            "to `{}` found, which nothing moves; {hint}",
            quoted(&found.to.value)
        );
        reader.error(&found.to, message)
    })?;
    Ok(Route {
        from,
        to,
        depth: reader.number(
            "depth",
            Some(&found.depth),
            0.0,
            (-1.0, 1.0),
            "of the knob's way",
        )?,
        polarity: word(
            reader,
            "polarity",
            found.polarity.as_ref(),
            Polarity::default(),
            Polarity::ALL.map(|one| (one.name(), one)),
        )?,
    })
}

#[derive(Serialize)]
pub(super) struct Written {
    from: String,
    to: String,
    depth: f32,
    polarity: &'static str,
}

pub(super) fn write(route: &Route) -> Written {
    Written {
        from: route.from.name(),
        to: route.to.name(),
        depth: route.depth,
        polarity: route.polarity.name(),
    }
}
