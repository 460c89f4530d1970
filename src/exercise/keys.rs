//! The keys of each table of an exercise file: what the decoder accepts and the schema describes.

/// The file itself.
pub const FILE: &[&str] = &[
    "schema",
    "id",
    "title",
    "summary",
    "scenario",
    "change",
    "mode",
    "audience",
    "minutes",
    "rounds",
    "content_note",
    "cutoff",
    "seed",
    "objectives",
    "phases",
    "public",
    "seats",
    "injects",
    "worksheet",
    "tasks",
    "glossary",
    "questions",
    "rubric",
    "pre",
    "post",
    "exit",
    "guide",
];
/// `[[objectives]]`
pub const OBJECTIVE: &[&str] = &["id", "text"];
/// `[[phases]]`
pub const PHASE: &[&str] = &["id", "name", "kind", "minutes", "text", "say"];
/// `[[seats]]`
pub const SEAT: &[&str] = &[
    "party",
    "type",
    "short",
    "long",
    "wants",
    "red_lines",
    "outside_option",
    "unknown",
];
/// `[[injects]]`
pub const INJECT: &[&str] = &[
    "id",
    "title",
    "round",
    "when",
    "sender",
    "seen_by",
    "text",
    "expected",
    "objective",
    "event",
];
/// `[worksheet]`
pub const WORKSHEET: &[&str] = &["batna", "walk_away", "guesses", "prediction", "plan"];
/// `[[tasks]]`
pub const TASK: &[&str] = &["id", "name", "text", "command", "write"];
/// `[[glossary]]`
pub const TERM: &[&str] = &["term", "meaning"];
/// `[[questions]]`
pub const QUESTION: &[&str] = &["stage", "text"];
/// `[[rubric]]`
pub const CRITERION: &[&str] = &["aspect", "weight", "meets"];
/// `[[pre]]`, `[[post]]`
pub const ITEM: &[&str] = &["id", "question", "options", "answer", "objective"];
/// `[guide]`
pub const GUIDE: &[&str] = &["setup", "roles", "traps", "outcomes", "myths", "ethics"];
/// `[[guide.myths]]`
pub const MYTH: &[&str] = &["claim", "answer"];
/// Keys that `[change]` may not set: they are the exercise's own, or name files.
pub const NOT_CHANGED: &[&str] = &[
    "schema",
    "id",
    "title",
    "summary",
    "extends",
    "evidence",
    "cutoff",
    "hypothesis",
    "expect",
];
