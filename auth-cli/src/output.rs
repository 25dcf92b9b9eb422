//! The output of a command: text for people, or one JSON document.

use std::fmt::Write as _;
use std::io::{self, ErrorKind, Write as _};

use serde_json::Value;

/// The output of a command.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The document of `--json`.
    pub(crate) json: Value,
    /// The text for standard output without `--json`: whole lines.
    pub(crate) text: String,
    /// Additional text for standard error: whole lines.
    pub(crate) note: String,
}

impl Answer {
    /// Creates an answer without a note.
    pub(crate) fn new(json: Value, text: impl Into<String>) -> Self {
        Self { json, text: text.into(), note: String::new() }
    }

    /// Prints the answer. A closed pipe is not an error: the reader does not want more.
    ///
    /// # Errors
    ///
    /// If standard output fails, for example because the disk is full.
    pub(crate) fn print(&self, as_json: bool) -> io::Result<()> {
        let text = if as_json { &format!("{:#}\n", self.json) } else { &self.text };
        let mut stdout = io::stdout().lock();
        match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => return Err(error),
            _ => {}
        }
        if !as_json {
            warn(&self.note);
        }
        Ok(())
    }
}

/// Prints lines to standard error, ignoring errors.
pub(crate) fn warn(lines: &str) {
    let _ = io::stderr().lock().write_all(lines.as_bytes());
}

/// Replaces the characters in untrusted text, such as the name of a program, that would move a terminal's cursor or change the
/// text direction.
pub(crate) fn plain(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for char in text.chars() {
        let turns = matches!(char, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if char.is_control() || turns {
            let _ = write!(shown, "{}", char.escape_unicode());
        } else {
            shown.push(char);
        }
    }
    shown
}

/// Returns a name in backticks, with characters escaped that could hide how it differs from a similar name.
pub(crate) fn visible(name: &str) -> String {
    let mut shown = String::with_capacity(name.len() + 2);
    shown.push('`');
    for char in name.chars() {
        if char.is_alphanumeric() || char.is_ascii_graphic() || char == ' ' {
            shown.push(char);
        } else {
            let _ = write!(shown, "{}", char.escape_unicode());
        }
    }
    shown.push('`');
    shown
}

/// Rows under headings, aligned.
#[derive(Debug)]
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new<const N: usize>(headings: [&str; N]) -> Self {
        Self { rows: vec![headings.map(str::to_uppercase).into()] }
    }

    pub(crate) fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(cells.map(|cell| plain(&cell)).into());
    }

    /// Returns the lines of the table, or `none` if it is empty.
    pub(crate) fn or(&self, none: &str) -> String {
        if self.rows.len() == 1 { format!("{none}\n") } else { self.lines() }
    }

    pub(crate) fn lines(&self) -> String {
        let width = |column: usize| self.rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..self.rows[0].len()).map(width).collect();
        let mut lines = String::new();
        for row in &self.rows {
            let mut line = String::new();
            for (cell, width) in row.iter().zip(&widths) {
                let _ = write!(line, "{cell:width$}  ");
            }
            lines.push_str(line.trim_end());
            lines.push('\n');
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_is_aligned_and_empty_table_has_a_message() {
        let mut table = Table::new(["id", "name"]);
        assert_eq!(table.or("No tokens."), "No tokens.\n");
        table.row(["1".to_owned(), "é".to_owned()]);
        table.row(["1000".to_owned(), String::new()]);
        assert_eq!(table.or("No tokens."), "ID    NAME\n1     é\n1000\n");
    }

    #[test]
    fn visible_name_escapes_hidden_characters() {
        for (name, shown) in [("Ada L.", "`Ada L.`"), ("ada\u{200b}", "`ada\\u{200b}`"), ("Mu\u{308}", "`Mu\\u{308}`")]
        {
            assert_eq!(visible(name), shown);
        }
        assert_eq!(visible("Müller"), "`Müller`");
    }

    #[test]
    fn untrusted_text_cannot_control_the_terminal() {
        assert_eq!(plain("a\u{1b}[2Jb\n\u{202e}c é 🔑"), "a\\u{1b}[2Jb\\u{a}\\u{202e}c é 🔑");
    }
}
