//! Factors and limits as people say them, for charts and texts alike.

use super::{Bound, Discovery, Factor, FactorKind, Restriction};

impl Factor {
    /// What a limit asks for: `at most 0.42`, `Bargainer or Coercer`.
    pub fn limit(&self, limit: &Bound) -> String {
        match (limit, &self.kind) {
            (Bound::AtLeast(low), _) => format!("at least {}", number(*low)),
            (Bound::AtMost(high), _) => format!("at most {}", number(*high)),
            (Bound::OneOf(kept), FactorKind::Type { types, .. }) => {
                let names: Vec<&str> = kept.iter().map(|&kind| head(&types[kind])).collect();
                names.join(" or ")
            }
            (Bound::OneOf(_), FactorKind::Number { .. }) => String::new(),
        }
    }

    /// What the file allows: `0.2 to 0.6`, `one of 4 types`.
    pub fn range(&self) -> String {
        match &self.kind {
            FactorKind::Number { low, high } if high.is_infinite() => {
                format!("{} or more", number(*low))
            }
            FactorKind::Number { low, high } => format!("{} to {}", number(*low), number(*high)),
            FactorKind::Type { types, .. } => format!("one of {} types", types.len()),
        }
    }

    /// Its path, or for a type the name of the party.
    pub fn subject(&self) -> String {
        match &self.kind {
            FactorKind::Number { .. } => self.id.clone(),
            FactorKind::Type { party, .. } => format!("{party} is of the type"),
        }
    }
}

impl Discovery {
    /// A restriction as a sentence without its verb: `parties.a.patience at most 0.9 (in the file:
    /// 0.8 to 0.99)`.
    pub fn words(&self, restriction: &Restriction) -> String {
        let factor = &self.factors[restriction.factor];
        format!(
            "{} {} (in the file: {})",
            factor.subject(),
            factor.limit(&restriction.limit),
            factor.range()
        )
    }
}

/// A name without its explanation.
fn head(name: &str) -> &str {
    name.split_once(": ").map_or(name, |(head, _)| head)
}

/// Three significant digits, without zeros at the end: `0.985`, `12.3`, `0.04`.
pub fn number(x: f64) -> String {
    if x.abs() <= 0.0 || !x.is_finite() {
        return format!("{}", x + 0.0);
    }
    let (mut size, mut digits) = (x.abs(), 2_usize);
    while size < 0.9995 && digits < 12 {
        size *= 10.0;
        digits += 1;
    }
    while size >= 9.995 && digits > 0 {
        size /= 10.0;
        digits -= 1;
    }
    let text = format!("{x:.digits$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_three_digits_that_mean_something() {
        for (x, text) in [
            (0.985_4, "0.985"),
            (12.34, "12.3"),
            (0.04, "0.04"),
            (-0.012_345, "-0.0123"),
            (1234.5, "1234"),
            (0.999_96, "1"),
            (3.0, "3"),
            (0.0, "0"),
        ] {
            assert_eq!(number(x), text);
        }
    }
}
