//! The page of the guide that shows the numbers.

use std::fs;
use std::path::PathBuf;

use crate::machine::benches;

/// The page.
pub fn path() -> PathBuf {
    benches().join("../auth-runtime/docs/guide/speed.md")
}

/// Puts `text` in the place of what stands between the page's two comments of this name.
///
/// # Panics
///
/// When the page has no such comments.
pub fn replace(name: &str, text: &str) {
    let page = fs::read_to_string(path()).expect("the page of the guide");
    let (begin, end) = (format!("<!-- {name}: made by benches -->\n"), format!("<!-- {name}: end -->\n"));
    let (before, rest) = page.split_once(&begin).expect("the page has the comment");
    let (_, after) = rest.split_once(&end).expect("the page has the comment at the end");
    let page = format!("{before}{begin}\n{}\n\n{end}{after}", text.trim());
    fs::write(path(), page).expect("the page can be written");
}
