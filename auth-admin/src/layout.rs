//! What the pages share: the document, tables, forms, and texts that somebody else wrote.

use auth_runtime::{CsrfToken, csrf};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use maud::{DOCTYPE, Markup, html};

use crate::here::Here;
use crate::notice::Notice;
use crate::staff::Staff;
use crate::style;

/// Which part of the navigation a page belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Section {
    Users,
    Clients,
}

/// A page for one of the staff.
pub(crate) struct Page<'a> {
    pub(crate) section: Section,
    /// The heading, and the window's title.
    pub(crate) title: &'a str,
    pub(crate) notice: Option<Notice>,
    pub(crate) body: Markup,
}

impl Page<'_> {
    /// The page as an answer, with the cookie that its forms need.
    pub(crate) fn answer(self, status: StatusCode, staff: Staff) -> Response {
        let Self { section, title, notice, body } = self;
        let header = navigation(&staff, section);
        let content = html! {
            @if let Some(notice) = notice { p.notice role="status" { (notice.text()) } }
            h1 { (foreign(title)) }
            (body)
        };
        // The title is what a screen reader says first, so the outcome stands there.
        let title = match notice {
            Some(notice) => format!("{} {title}", notice.text()),
            None if status.is_client_error() => format!("Error: {title}"),
            None => title.to_owned(),
        };
        let document = document(&staff.here, &title, Some(header), content);
        (status, staff.token, document).into_response()
    }
}

fn navigation(staff: &Staff, current: Section) -> Markup {
    let link = |section, path, name| {
        html! { li { a href=(staff.here.link(path)) aria-current=[(section == current).then_some("page")] { (name) } } }
    };
    html! {
        nav aria-label="Main" {
            ul {
                (link(Section::Users, "users", "Users"))
                (link(Section::Clients, "clients", "Clients"))
            }
        }
        div.me {
            span { "Signed in as " strong { (foreign(&staff.name)) } }
            form method="post" action=(staff.here.link("sign-out")) { (csrf_field(&staff.token)) button { "Sign out" } }
        }
    }
}

/// A whole document.
pub(crate) fn document(here: &Here, title: &str, header: Option<Markup>, content: Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                title { (title) " · Administration" }
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex";
                link rel="stylesheet" href=(format!("{}?v={:08x}", here.link("style.css"), style::VERSION));
            }
            body {
                a.skip href="#content" { "Skip to the content" }
                header {
                    div.bar { p.brand { "Administration" } @if let Some(header) = header { (header) } }
                }
                main #content tabindex="-1" { (content) }
            }
        }
    }
}

/// The page that says why there is no other.
pub(crate) fn refusal(here: &Here, status: StatusCode, heading: &str, text: &str) -> Markup {
    let content = html! {
        h1 { (heading) }
        p { (text) }
        p {
            @if status == StatusCode::FORBIDDEN {
                a href=(here.link("sign-in")) { "Sign in with another account" } " or "
                a href=(here.link("users")) { "go to the users" } "."
            } @else {
                a href=(here.link("users")) { "Go to the users" }
            }
        }
    };
    document(here, heading, None, content)
}

/// Text that somebody else wrote, such as a name: its direction changes nothing around it, and it is seen whatever it is.
pub(crate) fn foreign(text: &str) -> Markup {
    let is_unseen = |c: char| !c.is_ascii_graphic() && (c.is_whitespace() || c.escape_debug().len() > 1);
    // Turned round by an override, another's name would read as this one.
    let turns = |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let is_plain = !text.chars().all(is_unseen) && !text.chars().any(turns);
    let shown = if is_plain { text.to_owned() } else { format!("{text:?}") };
    html! { bdi { (shown) } }
}

/// The field without which a form is refused.
pub(crate) fn csrf_field(token: &CsrfToken) -> Markup {
    html! { input type="hidden" name=(csrf::FORM_FIELD) value=(token.value()); }
}

/// A table. Its roles are written out, since a browser forgets them where the style sheet turns rows into cards.
pub(crate) fn table(name: &str, columns: &[&str], rows: impl IntoIterator<Item = Markup>) -> Markup {
    html! {
        table role="table" aria-label=(name) {
            thead role="rowgroup" {
                tr role="row" { @for column in columns { th role="columnheader" scope="col" { (column) } } }
            }
            tbody role="rowgroup" { @for row in rows { tr role="row" { (row) } } }
        }
    }
}

/// The cell that a row is about.
pub(crate) fn row_header(content: Markup) -> Markup {
    html! { th role="rowheader" scope="row" { (content) } }
}

/// A cell, with the name of its column for where the columns are not seen.
pub(crate) fn cell(column: &str, content: Markup) -> Markup {
    html! { td role="cell" data-column=(column) { div { (content) } } }
}

/// A cell that needs room.
pub(crate) fn wide_cell(column: &str, content: Markup) -> Markup {
    html! { td.wide role="cell" data-column=(column) { div { (content) } } }
}

/// A state in one word.
pub(crate) fn badge(kind: &str, text: &str) -> Markup {
    html! { span class=(format!("badge {kind}")) { (text) } }
}

/// A button behind a fold, so that no single click does what cannot be undone.
pub(crate) struct Confirm<'a> {
    /// What the fold says.
    pub(crate) summary: &'a str,
    /// What only a screen reader says behind it, where several folds say the same.
    pub(crate) about: &'a str,
    /// What will happen.
    pub(crate) text: &'a str,
    /// What the button says.
    pub(crate) button: &'a str,
    pub(crate) action: &'a str,
    /// A field of the form, where one says what is meant.
    pub(crate) field: Option<(&'a str, &'a str)>,
}

impl Confirm<'_> {
    pub(crate) fn markup(&self, staff: &Staff) -> Markup {
        html! {
            details.confirm {
                summary { (self.summary) @if !self.about.is_empty() { span.unseen { " " (self.about) } } }
                form method="post" action=(staff.here.link(self.action)) {
                    p { (self.text) }
                    (csrf_field(&staff.token))
                    @if let Some((name, value)) = self.field { input type="hidden" name=(name) value=(value); }
                    button.danger { (self.button) }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_somebody_else_is_text_and_is_seen() {
        for (text, shown) in [
            ("ada", "ada"),
            ("<b>&\"", "&lt;b&gt;&amp;&quot;"),
            (" ", "&quot; &quot;"),
            ("", "&quot;&quot;"),
            ("a\nb\0", "&quot;a\\nb\\0&quot;"),
            ("\u{202e}nimda", "&quot;\\u{202e}nimda&quot;"),
            ("\u{200b}\u{feff}", "&quot;\\u{200b}\\u{feff}&quot;"),
            ("e\u{301} \u{646}\u{200c}\u{646}", "e\u{301} \u{646}\u{200c}\u{646}"),
        ] {
            assert_eq!(foreign(text).into_string(), format!("<bdi>{shown}</bdi>"));
        }
    }
}
