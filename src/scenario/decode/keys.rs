//! The keys that each table of the format knows, in the order in which they are documented.
//!
//! The decoder refuses every other key; a test holds the editor schema to the same lists.

/// The file itself.
pub const FILE: &[&str] = &[
    "schema",
    "id",
    "title",
    "summary",
    "extends",
    "remove",
    "evidence",
    "cutoff",
    "hypothesis",
    "expect",
    "calendar",
    "history",
    "parties",
    "issues",
    "form_issue",
    "preferences",
    "linkages",
    "forms",
    "gates",
    "venues",
    "meetings",
    "cycle",
    "state",
    "talks",
    "beliefs",
    "force",
    "moves",
    "threats",
    "promises",
    "events",
    "outcomes",
    "flags",
    "benchmarks",
    "graph",
    "trees",
    "report",
    "domain",
    "from",
    "assumed",
    "by_definition",
];
/// `[domain]`
pub const DOMAIN: &[&str] = &["format", "cap_at_one", "issues", "profiles"];
/// `[[domain.issues]]`
pub const DOMAIN_ISSUE: &[&str] = &["name", "values"];
/// `[[domain.profiles]]`
pub const DOMAIN_PROFILE: &[&str] = &["party", "reservation", "discount", "weights", "values"];
/// `[hypothesis]`
pub const HYPOTHESIS: &[&str] = &[
    "id",
    "statement",
    "held_by",
    "from",
    "against",
    "changes",
    "refuted_by",
];
/// `[[expect]]`
pub const EXPECT: &[&str] = &[
    "outcomes",
    "flags",
    "direction",
    "against",
    "because",
    "remark",
];
/// `[calendar]`
pub const CALENDAR: &[&str] = &["start", "horizon", "moves_every_days"];
/// `[[history]]`
pub const HISTORY: &[&str] = &["date", "what", "from"];
/// Keys of `[[parties]]` that its types may override.
pub const TRAITS: &[&str] = &[
    "strategy",
    "deadline_weeks",
    "patience",
    "rationality",
    "insight",
    "power",
    "audience_cost",
    "upkeep",
    "tension_cost",
    "walkout",
    "slack",
    "spread",
    "talks_value",
    "deal_value",
    "resolve",
    "reluctance",
    "from",
    "assumed",
];
/// Keys of `[[parties]]` that its types do not have.
pub const PARTY_ONLY: &[&str] = &["id", "name", "colour", "summary", "types"];
/// Keys of `[[parties.types]]` that the party does not have.
pub const TYPE_ONLY: &[&str] = &["id", "name", "prior", "preferences", "force"];
/// `strategy`
pub const STRATEGY: &[&str] = &["kind", "e", "k", "window", "from", "assumed"];
/// `[preferences.<party>.<issue>]`
pub const PREFERENCE: &[&str] = &["weight", "values", "red_line", "from", "assumed"];
/// `red_line`
pub const RED_LINE: &[&str] = &["above", "below", "firmness", "cost", "from", "assumed"];
/// `[[issues]]`
pub const ISSUE: &[&str] = &[
    "id",
    "name",
    "levels",
    "status_quo",
    "promise",
    "consent",
    "from",
    "consequences",
    "assumed",
];
/// `[[issues.consequences]]`
pub const CONSEQUENCE: &[&str] = &["level", "effects", "from", "assumed"];
/// `[[linkages]]`
pub const LINKAGE: &[&str] = &[
    "id", "party", "when", "bonus", "absolute", "from", "assumed",
];
/// `[[forms]]`
pub const FORM: &[&str] = &[
    "id",
    "name",
    "level",
    "durability",
    "ratification",
    "binding",
    "from",
    "assumed",
];
/// `[[gates]]`
pub const GATE: &[&str] = &[
    "id",
    "name",
    "party",
    "forms",
    "quota",
    "voting",
    "precision",
    "blocs",
    "from",
    "assumed",
];
/// `[[gates.blocs]]`
pub const GATE_BLOC: &[&str] = &["id", "name", "votes", "asks", "from", "assumed"];
/// `[[venues]]`
pub const VENUE: &[&str] = &[
    "id",
    "name",
    "participants",
    "discusses",
    "decides",
    "protocol",
    "exchanges",
    "open",
    "forms",
    "mediator_insight",
    "from",
    "assumed",
];
/// `[[meetings]]`
pub const MEETING: &[&str] = &["venue", "date", "from"];
/// `[cycle]`
pub const CYCLE: &[&str] = &["every_days", "venues"];
/// `[state]`
pub const STATE: &[&str] = &[
    "tension",
    "exposure",
    "standing",
    "posture",
    "exposure_decay",
    "from",
    "assumed",
];
/// `[state.tension]`
pub const TENSION: &[&str] = &["start", "rest", "decay", "from", "assumed"];
/// `[talks]`
pub const TALKS: &[&str] = &[
    "move_order",
    "on_agreement",
    "on_no_agreement",
    "on_walkout",
    "on_failure",
    "failure_exposure",
    "from",
    "assumed",
];
/// `[beliefs]`
pub const BELIEFS: &[&str] = &[
    "offer_noise",
    "tremble",
    "foresight",
    "priors",
    "from",
    "assumed",
];
/// `[[force]]`
pub const FORCE: &[&str] = &[
    "id",
    "name",
    "holder",
    "target",
    "prize",
    "loss",
    "cost",
    "advantage",
    "drift",
    "damage",
    "from",
    "assumed",
];
/// Keys of `[[force]]` that a type may override.
pub const FORCE_PAYOFF: &[&str] = &["prize", "loss", "cost", "from", "assumed"];
/// `[[moves]]`
pub const MOVE: &[&str] = &[
    "id", "name", "actor", "kind", "when", "limit", "cost", "target", "pressure", "share",
    "effects", "opens", "closes", "seats", "force", "payoff", "from", "assumed",
];
/// `[[threats]]`
pub const THREAT: &[&str] = &[
    "id",
    "name",
    "by",
    "target",
    "trigger",
    "cost_to_target",
    "cost_to_self",
    "said",
    "credibility",
    "heard",
    "fulfilled_by",
    "within_days",
    "lapse",
    "from",
    "assumed",
];
/// `[[promises]]`
pub const PROMISE: &[&str] = &[
    "id", "name", "by", "to", "against", "said", "heard", "deters", "relief", "from", "assumed",
];
/// `[[events]]`
pub const EVENT: &[&str] = &[
    "id",
    "name",
    "hazard",
    "with_tension",
    "date",
    "when",
    "limit",
    "effects",
    "opens",
    "closes",
    "from",
    "assumed",
];
/// `[[outcomes]]`
pub const OUTCOME: &[&str] = &["id", "name", "severity", "when", "colour", "summary"];
/// `[[flags]]`
pub const FLAG: &[&str] = &["id", "name", "when"];
/// `[[benchmarks]]`
pub const BENCHMARK: &[&str] = &["base_rate", "outcomes"];
/// `[graph]`
pub const GRAPH: &[&str] = &[
    "options",
    "infeasible",
    "form",
    "states",
    "moves",
    "status_quo",
    "from",
    "assumed",
];
/// `[[graph.options]]`
pub const GRAPH_OPTION: &[&str] = &[
    "id",
    "owner",
    "issue",
    "levels",
    "force",
    "acts",
    "irreversible",
    "from",
    "assumed",
];
/// `[[graph.infeasible]]`
pub const INFEASIBLE: &[&str] = &["when", "because"];
/// `[[graph.states]]`
pub const GRAPH_STATE: &[&str] = &["id", "name", "payoffs", "from", "assumed"];
/// `[[graph.moves]]`
pub const GRAPH_MOVE: &[&str] = &["party", "from_state", "to"];
/// `[[trees]]`
pub const TREE: &[&str] = &["id", "name", "nodes", "from", "assumed"];
/// `[[trees.nodes]]`
pub const TREE_NODE: &[&str] = &[
    "id", "name", "owner", "actions", "package", "form", "force", "no_deal", "payoffs", "from",
    "assumed",
];
/// `[[trees.nodes.actions]]`
pub const TREE_ACTION: &[&str] = &["name", "to", "chance", "from", "assumed"];
/// `[report]`
pub const REPORT: &[&str] = &["joint"];
/// `effects`
pub const EFFECTS: &[&str] = &[
    "tension",
    "exposure",
    "standing",
    "posture",
    "advantage",
    "drift",
    "said",
    "heard",
    "credibility",
    "level",
    "from",
    "assumed",
];
/// `when`
pub const CONDITION: &[&str] = &[
    "terminal",
    "date",
    "round",
    "tension",
    "exposure",
    "standing",
    "posture",
    "advantage",
    "drift",
    "said",
    "heard",
    "credibility",
    "level",
    "settled",
    "settled_count",
    "binding",
    "done",
    "not_done",
    "channels",
    "without",
    "any",
    "not",
];
/// `settled_count`
pub const SETTLED_COUNT: &[&str] = &["of", "at_least"];
/// A number written as a table.
pub const QUANTITY: &[&str] = &[
    "value",
    "range",
    "beta",
    "normal",
    "lognormal",
    "within",
    "from",
    "assumed",
];
