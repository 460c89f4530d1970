//! The levers of a scenario: everything in it that can be taken away or made certain.
//!
//! Flows in: a checked [`Scenario`]. Flows out: a list of [`Lever`]s read off the scenario itself,
//! each of which can change a copy of it. Invariant: a pulled scenario still compiles, and no path
//! of a number changes, so that the changed scenario sees the same luck as the first.

use super::quantity::{Dist, Quantity};
use super::types::{PartyType, Scenario};

/// What kind of thing a lever is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LeverKind {
    /// A threat is not made.
    Threat,
    /// A promise is not made.
    Promise,
    /// A move is never available.
    Move,
    /// An event never happens.
    Event,
    /// A venue is never open.
    Venue,
    /// No agreement is recorded in a form.
    Form,
    /// An issue is on no agenda.
    Issue,
    /// Levels that hang together do so no longer.
    Linkage,
    /// A party's red line on an issue falls away.
    RedLine,
    /// A party that is absent from some table that decides an issue is not asked for its consent.
    Consent,
    /// A party is never of a type.
    TypeAbsent,
    /// A party is always of a type.
    TypeCertain,
}

impl LeverKind {
    /// Every kind, in the order of [`levers`].
    pub const ALL: [Self; 12] = [
        Self::Threat,
        Self::Promise,
        Self::Move,
        Self::Event,
        Self::Venue,
        Self::Form,
        Self::Issue,
        Self::Linkage,
        Self::RedLine,
        Self::Consent,
        Self::TypeAbsent,
        Self::TypeCertain,
    ];

    /// What pulling such a lever does.
    pub fn what(self) -> &'static str {
        match self {
            Self::Threat => "threat not made",
            Self::Promise => "promise not made",
            Self::Move => "move never available",
            Self::Event => "event never happens",
            Self::Venue => "venue never open",
            Self::Form => "form not used",
            Self::Issue => "issue on no agenda",
            Self::Linkage => "linkage dropped",
            Self::RedLine => "red line dropped",
            Self::Consent => "consent not asked",
            Self::TypeAbsent => "type impossible",
            Self::TypeCertain => "type certain",
        }
    }

    /// Whether several levers of the kind can be pulled together and still mean something: a party
    /// that is of no type is nobody.
    pub fn joins(self) -> bool {
        !matches!(self, Self::TypeAbsent | Self::TypeCertain)
    }
}

/// One thing that can be changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lever {
    /// What kind of thing.
    pub kind: LeverKind,
    /// Where it stands in the file: `moves.mobilise`, `preferences.us.missiles.red_line`.
    pub path: String,
    /// In words.
    pub name: String,
    /// The ids it is about: the thing's own, or a party's and an issue's or type's.
    ids: (String, String),
}

impl Lever {
    fn new(kind: LeverKind, path: String, name: &str, ids: (&str, &str)) -> Self {
        Self {
            kind,
            path,
            name: name.to_owned(),
            ids: (ids.0.to_owned(), ids.1.to_owned()),
        }
    }

    /// Name in tables and notes: the path, for types with what is done to them.
    pub fn id(&self) -> String {
        match self.kind {
            LeverKind::TypeAbsent => format!("{}:impossible", self.path),
            LeverKind::TypeCertain => format!("{}:certain", self.path),
            _ => self.path.clone(),
        }
    }

    /// Changes the scenario.
    pub fn pull(&self, scenario: &mut Scenario) {
        let (first, second) = (self.ids.0.as_str(), self.ids.1.as_str());
        match self.kind {
            LeverKind::Threat => {
                for threat in scenario.threats.iter_mut().filter(|t| t.id == first) {
                    threat.trigger.clear();
                    threat.fulfilled_by.clear();
                }
            }
            LeverKind::Promise => {
                for promise in scenario.promises.iter_mut().filter(|p| p.id == first) {
                    promise.against.clear();
                }
            }
            LeverKind::Move => {
                for act in scenario.moves.iter_mut().filter(|m| m.id == first) {
                    act.limit = Some(0);
                }
            }
            LeverKind::Event => {
                for event in scenario.events.iter_mut().filter(|e| e.id == first) {
                    event.limit = Some(0);
                }
            }
            LeverKind::Venue => close(scenario, first),
            LeverKind::Form => drop_form(scenario, first),
            LeverKind::Issue => drop_issue(scenario, first),
            LeverKind::Linkage => scenario.linkages.retain(|linkage| linkage.id != first),
            LeverKind::RedLine => {
                for kind in types(scenario, first) {
                    for preference in &mut kind.preferences {
                        if preference.issue == second {
                            preference.red_line = None;
                        }
                    }
                }
            }
            LeverKind::Consent => {
                for issue in scenario.issues.iter_mut().filter(|i| i.id == second) {
                    issue.consent.retain(|party| party != first);
                }
            }
            LeverKind::TypeAbsent => {
                let possible = |kind: &PartyType| kind.prior.dist.high() > 0.0;
                let others = types(scenario, first).any(|kind| kind.id != second && possible(kind));
                for kind in types(scenario, first).filter(|kind| others && kind.id == second) {
                    never(&mut kind.prior);
                }
            }
            LeverKind::TypeCertain => {
                for kind in types(scenario, first).filter(|kind| kind.id != second) {
                    never(&mut kind.prior);
                }
            }
        }
    }
}

fn types<'s>(scenario: &'s mut Scenario, party: &str) -> impl Iterator<Item = &'s mut PartyType> {
    let found = scenario.parties.iter_mut().find(|p| p.id == party);
    found.into_iter().flat_map(|party| party.types.iter_mut())
}

fn never(prior: &mut Quantity) {
    prior.dist = Dist::Constant(0.0);
}

fn close(scenario: &mut Scenario, venue: &str) {
    for place in scenario.venues.iter_mut().filter(|v| v.id == venue) {
        place.open = false;
    }
    let opened = (scenario.moves.iter_mut().map(|act| &mut act.opens))
        .chain(scenario.events.iter_mut().map(|event| &mut event.opens));
    for list in opened {
        list.retain(|id| id != venue);
    }
}

/// A venue without a form of its own takes all of them, and one that loses its last is of no use.
fn drop_form(scenario: &mut Scenario, form: &str) {
    let all: Vec<String> = scenario.forms.iter().map(|form| form.id.clone()).collect();
    let mut useless = Vec::new();
    for venue in &mut scenario.venues {
        let mut left = if venue.forms.is_empty() {
            all.clone()
        } else {
            venue.forms.clone()
        };
        left.retain(|id| id != form);
        if left.is_empty() {
            useless.push(venue.id.clone());
        } else {
            venue.forms = left;
        }
    }
    for venue in useless {
        close(scenario, &venue);
    }
}

fn drop_issue(scenario: &mut Scenario, issue: &str) {
    let mut useless = Vec::new();
    for venue in &mut scenario.venues {
        venue.discusses.retain(|id| id != issue);
        let before = venue.decides.len();
        venue.decides.retain(|id| id != issue);
        if venue.decides.is_empty() && before > 0 {
            useless.push(venue.id.clone());
        }
    }
    for venue in useless {
        close(scenario, &venue);
    }
}

/// Every lever of a scenario, in the order of its tables.
pub fn levers(scenario: &Scenario) -> Vec<Lever> {
    let mut list = Vec::new();
    let mut plain = |kind, table: &str, id: &str, name: &str| {
        list.push(Lever::new(kind, format!("{table}.{id}"), name, (id, "")));
    };
    for threat in &scenario.threats {
        plain(LeverKind::Threat, "threats", &threat.id, &threat.name);
    }
    for promise in &scenario.promises {
        plain(LeverKind::Promise, "promises", &promise.id, &promise.name);
    }
    for act in &scenario.moves {
        plain(LeverKind::Move, "moves", &act.id, &act.name);
    }
    for event in &scenario.events {
        plain(LeverKind::Event, "events", &event.id, &event.name);
    }
    for venue in &scenario.venues {
        plain(LeverKind::Venue, "venues", &venue.id, &venue.name);
    }
    for form in &scenario.forms {
        plain(LeverKind::Form, "forms", &form.id, &form.name);
    }
    let decided = |id: &String| {
        scenario
            .venues
            .iter()
            .any(|venue| venue.decides.contains(id))
    };
    for issue in scenario.issues.iter().filter(|issue| decided(&issue.id)) {
        plain(LeverKind::Issue, "issues", &issue.id, &issue.name);
    }
    for linkage in &scenario.linkages {
        plain(
            LeverKind::Linkage,
            "linkages",
            &linkage.id,
            &linkage.id.replace('-', " "),
        );
    }
    red_lines(scenario, &mut list);
    consents(scenario, &mut list);
    priors(scenario, &mut list);
    list
}

fn red_lines(scenario: &Scenario, list: &mut Vec<Lever>) {
    for party in &scenario.parties {
        for issue in &scenario.issues {
            let drawn = (party.types.iter().flat_map(|kind| &kind.preferences))
                .any(|preference| preference.issue == issue.id && preference.red_line.is_some());
            if drawn {
                list.push(Lever::new(
                    LeverKind::RedLine,
                    format!("preferences.{}.{}.red_line", party.id, issue.id),
                    &format!("{}: {}", party.name, issue.name),
                    (&party.id, &issue.id),
                ));
            }
        }
    }
}

/// Who sits at a table gives its consent by accepting there; the others have to be asked.
fn consents(scenario: &Scenario, list: &mut Vec<Lever>) {
    for issue in &scenario.issues {
        for party in scenario
            .parties
            .iter()
            .filter(|p| issue.consent.contains(&p.id))
        {
            let absent = scenario.venues.iter().any(|venue| {
                venue.decides.contains(&issue.id) && !venue.participants.contains(&party.id)
            });
            if absent {
                list.push(Lever::new(
                    LeverKind::Consent,
                    format!("issues.{}.consent.{}", issue.id, party.id),
                    &format!("{}: {}", party.name, issue.name),
                    (&party.id, &issue.id),
                ));
            }
        }
    }
}

fn priors(scenario: &Scenario, list: &mut Vec<Lever>) {
    for kind in [LeverKind::TypeAbsent, LeverKind::TypeCertain] {
        for party in scenario
            .parties
            .iter()
            .filter(|party| party.types.len() > 1)
        {
            for one in &party.types {
                list.push(Lever::new(
                    kind,
                    format!("parties.{}.types.{}", party.id, one.id),
                    &format!("{}: {}", party.name, one.name),
                    (&party.id, &one.id),
                ));
            }
        }
    }
}
