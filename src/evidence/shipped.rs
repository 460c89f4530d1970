//! The seeds as they ship, embedded so that the library needs no file system.

macro_rules! seeds {
    ($($name:literal),+ $(,)?) => {
        &[$(($name, include_str!(concat!("../../", $name)))),+]
    };
}

/// Names and texts.
pub(super) const FILES: &[(&str, &str)] = seeds![
    "seeds/documents.toml",
    "seeds/facts/d0.toml",
    "seeds/facts/d1.toml",
    "seeds/facts/d2.toml",
    "seeds/facts/d3.toml",
    "seeds/facts/d4.toml",
    "seeds/base-rates.toml",
];
