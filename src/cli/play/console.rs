//! Where answers come from: a line editor at a terminal, or plain lines.

use std::borrow::Cow;
use std::io::{self, BufRead, IsTerminal};

use rustyline::completion::Completer;
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::DefaultHistory;
use rustyline::validate::Validator;
use rustyline::{Context, Editor, Helper};

use super::super::CliError;
use super::super::text::print;

/// What came from the person.
pub(super) enum Input {
    /// A line, without blanks around it.
    Line(String),
    /// Ctrl-C.
    Interrupted,
    /// The end of the input, or of the terminal.
    Gone,
}

/// Completes the last word from a list.
#[derive(Default)]
struct Words {
    words: Vec<String>,
}

impl Completer for Words {
    type Candidate = String;

    fn complete(
        &self,
        line: &str,
        position: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<String>)> {
        let typed = &line[..position];
        let start = typed.rfind(' ').map_or(0, |blank| blank + 1);
        let begun = |word: &&String| word.starts_with(&typed[start..]);
        Ok((start, self.words.iter().filter(begun).cloned().collect()))
    }
}

impl Hinter for Words {
    type Hint = String;
}

impl Highlighter for Words {
    fn highlight_prompt<'b, 's: 'b, 'p: 'b>(
        &'s self,
        prompt: &'p str,
        _default: bool,
    ) -> Cow<'b, str> {
        Cow::Borrowed(prompt)
    }
}

impl Validator for Words {}

impl Helper for Words {}

/// A person's terminal, or a script.
pub(super) struct Console {
    editor: Option<Editor<Words, DefaultHistory>>,
    /// Whether lines do not show by themselves, as they do when somebody types them.
    echo: bool,
}

impl Console {
    /// A line editor if a person sits there and does not ask for plain lines.
    pub(super) fn new(plain: bool) -> Self {
        let terminal = io::stdin().is_terminal() && io::stdout().is_terminal();
        let mut editor = (terminal && !plain).then(Editor::new).and_then(Result::ok);
        if let Some(editor) = &mut editor {
            editor.set_helper(Some(Words::default()));
        }
        Self {
            editor,
            echo: !io::stdin().is_terminal(),
        }
    }

    /// Whether lines can be edited and screens may wait for a key.
    pub(super) fn edits(&self) -> bool {
        self.editor.is_some()
    }

    /// Asks for a line; `words` are what the Tab key completes.
    pub(super) fn ask(&mut self, prompt: &str, words: Vec<String>) -> Result<Input, CliError> {
        if let Some(editor) = &mut self.editor {
            if let Some(helper) = editor.helper_mut() {
                helper.words = words;
            }
            return match editor.readline(prompt) {
                Ok(line) => {
                    // A history that is full or off is no reason to stop.
                    editor.add_history_entry(line.trim()).ok();
                    Ok(Input::Line(line.trim().to_owned()))
                }
                Err(ReadlineError::Interrupted) => Ok(Input::Interrupted),
                // Whatever else happens, the terminal is gone.
                Err(_) => Ok(Input::Gone),
            };
        }
        print(prompt)?;
        let mut line = String::new();
        match io::stdin().lock().read_line(&mut line) {
            Ok(0) | Err(_) => {
                print("\n")?;
                Ok(Input::Gone)
            }
            Ok(_) => {
                let line = line.trim().to_owned();
                if self.echo {
                    print(&format!("{line}\n"))?;
                }
                Ok(Input::Line(line))
            }
        }
    }
}
