//! Numbers: constants and distributions, their bounds and their provenance.

use super::keys;
use super::reader::{Reader, Row, listed};
use crate::scenario::quantity::{Dist, Provenance, Quantity};
use crate::scenario::tree::{Node, QUANTITY_FORMS, Value};

/// What values a number may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    low: f64,
    high: f64,
    /// The lower end itself is refused.
    open: bool,
    /// `inf` may be written.
    infinite: bool,
}

impl Bounds {
    pub(super) const ANY: Self = Self {
        low: f64::NEG_INFINITY,
        high: f64::INFINITY,
        open: false,
        infinite: false,
    };
    pub(super) const UNIT: Self = Self {
        low: 0.0,
        high: 1.0,
        ..Self::ANY
    };
    pub(super) const CHANGE: Self = Self {
        low: -1.0,
        high: 1.0,
        ..Self::ANY
    };
    pub(super) const SHARE: Self = Self {
        open: true,
        ..Self::UNIT
    };
    pub(super) const NOT_NEGATIVE: Self = Self {
        low: 0.0,
        ..Self::ANY
    };
    pub(super) const POSITIVE: Self = Self {
        open: true,
        ..Self::NOT_NEGATIVE
    };
    pub(super) const PRECISION: Self = Self {
        infinite: true,
        ..Self::NOT_NEGATIVE
    };

    fn words(self) -> String {
        match (
            self.low > f64::NEG_INFINITY,
            self.high < f64::INFINITY,
            self.open,
        ) {
            (true, true, false) => format!("a number from {} to {}", self.low, self.high),
            (true, true, true) => format!("a number above {}, at most {}", self.low, self.high),
            (true, false, false) => format!("a number of at least {}", self.low),
            (true, false, true) => format!("a number above {}", self.low),
            _ => "a number".to_owned(),
        }
    }

    fn holds(self, low: f64, high: f64) -> bool {
        let above = if self.open {
            low > self.low
        } else {
            low >= self.low
        };
        above && high <= self.high
    }
}

/// Why a number has its value: its own words, or those of the table around it.
pub(super) fn provenance(node: &Node) -> Provenance {
    let own = node.own_cover();
    let cover = own.as_ref().or(node.cover.as_deref());
    cover.map_or_else(Provenance::default, |cover| Provenance {
        from: cover.from.clone(),
        assumed: cover.assumed.clone(),
        by_definition: cover.defined,
    })
}

/// A number that the format fixes.
pub(super) fn defined(path: String, value: f64) -> Quantity {
    let provenance = Provenance {
        by_definition: true,
        ..Provenance::default()
    };
    Quantity {
        path,
        dist: Dist::Constant(value),
        provenance,
    }
}

impl Reader<'_> {
    /// The number of a key, or the format's default.
    pub(super) fn quantity(
        &mut self,
        row: &Row<'_>,
        key: &str,
        bounds: Bounds,
        default: Option<f64>,
    ) -> Quantity {
        if let Some(node) = row.get(key) {
            return self.number(node, bounds);
        }
        if default.is_none() {
            self.missing(row, key, &bounds.words());
        }
        defined(row.path(key), default.unwrap_or(f64::NAN))
    }

    pub(super) fn optional_quantity(
        &mut self,
        row: &Row<'_>,
        key: &str,
        bounds: Bounds,
    ) -> Option<Quantity> {
        row.get(key).map(|node| self.number(node, bounds))
    }

    /// A number as written: bare, or a table with its distribution and provenance.
    pub(super) fn number(&mut self, node: &Node, bounds: Bounds) -> Quantity {
        let dist = match &node.value {
            Value::Integer(_) | Value::Float(_) => self.constant(node, bounds),
            Value::Table(_) => self.distribution(node, bounds),
            _ => {
                let expected = format!(
                    "{}, or {{ range = [low, mode, high], from = [...] }}",
                    bounds.words()
                );
                self.wrong_type(node, "the value", &expected);
                None
            }
        };
        let dist = dist.unwrap_or(Dist::Constant(f64::NAN));
        Quantity {
            path: node.path.clone(),
            dist,
            provenance: provenance(node),
        }
    }

    /// An entry of `values`: a number, `[low, high]` or `[low, mode, high]`; 0 and 1 fix the scale.
    pub(super) fn value_of_level(&mut self, node: &Node) -> Quantity {
        if node.elements().is_none() {
            let mut quantity = self.number(node, Bounds::UNIT);
            let ends = [Dist::Constant(0.0), Dist::Constant(1.0)].contains(&quantity.dist);
            if ends && node.entries().is_none() {
                quantity.provenance.by_definition = true;
            }
            return quantity;
        }
        let dist = self
            .range(node, Bounds::UNIT)
            .unwrap_or(Dist::Constant(f64::NAN));
        Quantity {
            path: node.path.clone(),
            dist,
            provenance: provenance(node),
        }
    }

    fn constant(&mut self, node: &Node, bounds: Bounds) -> Option<Dist> {
        let value = node.as_number()?;
        let finite = value.is_finite() || (bounds.infinite && value == f64::INFINITY);
        if !finite {
            let label = node.label(format!("expected {}", bounds.words()));
            self.error(
                "not-finite",
                format!("`{value}` is not a number to compute with"),
                label,
            );
            return None;
        }
        self.within(node, Dist::Constant(value), bounds, value, value)
    }

    fn distribution(&mut self, node: &Node, bounds: Bounds) -> Option<Dist> {
        let before = self.diagnostics.len();
        self.known_keys(node, "a number", keys::QUANTITY);
        let misspelt = self.diagnostics.len() > before;
        let row = Row::of(node);
        self.texts(&row, "from");
        self.optional_text(&row, "assumed");
        let forms: Vec<&str> = QUANTITY_FORMS
            .into_iter()
            .filter(|form| node.get(form).is_some())
            .collect();
        let [form] = forms[..] else {
            if forms.is_empty() && misspelt {
                return None;
            }
            let found = if forms.is_empty() {
                "none".to_owned()
            } else {
                listed(&forms)
            };
            let label = node.label(format!(
                "expected exactly one of {}",
                listed(&QUANTITY_FORMS)
            ));
            self.error(
                "bad-quantity",
                format!("a number states its value once, not {found}"),
                label,
            );
            return None;
        };
        let stated = node.get(form)?;
        if let Some(within) = node
            .get("within")
            .filter(|_| !["normal", "lognormal"].contains(&form))
        {
            let label = within.label("only with `normal` and `lognormal`");
            self.error(
                "bad-quantity",
                format!("`within` has no meaning with `{form}`"),
                label,
            );
        }
        match form {
            "value" => self.constant(stated, bounds).or_else(|| {
                if stated.as_number().is_none() {
                    self.wrong_type(stated, "`value`", &bounds.words());
                }
                None
            }),
            "range" => self.range(stated, bounds),
            "beta" => {
                let [a, b] = self.pair(stated, "[a, b]")?;
                if a <= 0.0 || b <= 0.0 {
                    let label = stated.label("expected two shapes above 0");
                    self.error(
                        "bad-quantity",
                        "a shape of a beta distribution is not positive",
                        label,
                    );
                    return None;
                }
                self.within(stated, Dist::Beta { a, b }, bounds, 0.0, 1.0)
            }
            _ => self.bell(node, stated, form, bounds),
        }
    }

    /// `normal` and `lognormal`, cut off at `within` or else where the key's own bounds are.
    fn bell(&mut self, node: &Node, stated: &Node, form: &str, bounds: Bounds) -> Option<Dist> {
        let [centre, width] = self.pair(stated, "[centre, width]")?;
        if width <= 0.0 {
            let label = stated.label("expected a width above 0 in second place");
            self.error(
                "bad-quantity",
                format!("the width of the `{form}` is not positive"),
                label,
            );
            return None;
        }
        let floor = if form == "normal" {
            f64::NEG_INFINITY
        } else {
            0.0
        };
        let [low, high] = match node.get("within") {
            Some(within) => self.pair(within, "[low, high]")?,
            None => [bounds.low.max(floor), bounds.high],
        };
        let place = node.get("within").unwrap_or(stated);
        if low >= high || (form == "lognormal" && high <= 0.0) {
            let label = place.label("expected [low, high] with low below high");
            self.error(
                "bad-quantity",
                format!("nothing of the `{form}` is left"),
                label,
            );
            return None;
        }
        let dist = if form == "normal" {
            Dist::Normal {
                mean: centre,
                sd: width,
                low,
                high,
            }
        } else {
            Dist::LogNormal {
                mu: centre,
                sigma: width,
                low: low.max(0.0),
                high,
            }
        };
        if !dist.mean().is_finite() {
            let label = place.label("so far out that no probability is left to draw from");
            self.error(
                "bad-quantity",
                format!("nothing of the `{form}` is left"),
                label,
            );
            return None;
        }
        let closed = Bounds {
            open: false,
            ..bounds
        };
        self.within(place, dist, closed, low.max(floor), high)
    }

    fn range(&mut self, node: &Node, bounds: Bounds) -> Option<Dist> {
        let ends = self.finite_numbers(node)?;
        let (low, mode, high) = match ends[..] {
            [low, high] => (low, None, high),
            [low, mode, high] => (low, Some(mode), high),
            _ => {
                let label = node.label("expected [low, high] or [low, mode, high]");
                self.error("bad-quantity", "a range has two or three numbers", label);
                return None;
            }
        };
        if low > high || mode.is_some_and(|mode| mode < low || mode > high) {
            let mut sorted = ends;
            sorted.sort_by(f64::total_cmp);
            let texts: Vec<String> = sorted.iter().map(ToString::to_string).collect();
            let fix = format!("[{}]", texts.join(", "));
            let label = node.label("expected low, then mode if any, then high");
            let message = "the numbers of the range are not in order".to_owned();
            self.report(
                "range-order",
                message,
                label,
                Some(format!("write `{fix}`")),
                Some(fix),
            );
            return None;
        }
        let dist = match mode {
            Some(mode) => Dist::Triangular { low, mode, high },
            None => Dist::Uniform { low, high },
        };
        self.within(node, dist, bounds, low, high)
    }

    fn within(
        &mut self,
        node: &Node,
        dist: Dist,
        bounds: Bounds,
        low: f64,
        high: f64,
    ) -> Option<Dist> {
        if bounds.holds(low, high) {
            return Some(dist);
        }
        let label = node.label(format!("expected {}", bounds.words()));
        let message = if low.total_cmp(&high).is_eq() {
            format!("`{low}` is out of range")
        } else {
            format!("values from {low} to {high} are out of range")
        };
        self.error("out-of-range", message, label);
        None
    }

    fn pair(&mut self, node: &Node, expected: &str) -> Option<[f64; 2]> {
        let numbers = self.finite_numbers(node)?;
        let pair = <[f64; 2]>::try_from(numbers).ok();
        if pair.is_none() {
            let label = node.label(format!("expected {expected}"));
            self.error("bad-quantity", "two numbers are needed", label);
        }
        pair
    }

    fn finite_numbers(&mut self, node: &Node) -> Option<Vec<f64>> {
        let Some(elements) = node.elements() else {
            self.wrong_type(node, "the value", "a list of numbers");
            return None;
        };
        let mut numbers = Vec::new();
        for element in elements {
            match element.as_number() {
                Some(number) if number.is_finite() => numbers.push(number),
                Some(number) => {
                    let message = format!("`{number}` is not a number to compute with");
                    self.error(
                        "not-finite",
                        message,
                        element.label("expected a finite number"),
                    );
                }
                None => self.wrong_type(element, "an entry of the list", "a number"),
            }
        }
        (numbers.len() == elements.len()).then_some(numbers)
    }
}
