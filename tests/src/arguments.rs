//! Arguments of the examples.

/// The argument at `place`, counted from 1, as a whole number; `usual` where there is none. Ends the program where it is something else.
pub fn number(place: usize, usual: u64) -> u64 {
    let Some(text) = std::env::args().nth(place) else {
        return usual;
    };
    text.parse().unwrap_or_else(|_| {
        eprintln!("argument {place}: `{text}` found; expected a whole number");
        std::process::exit(2)
    })
}
