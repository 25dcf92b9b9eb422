//! What the pages share: the document, tables, forms, and the display of untrusted text.

use auth_runtime::{CsrfToken, csrf};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use maud::{DOCTYPE, Markup, html};

use crate::here::Here;
use crate::notice::Notice;
use crate::staff::Staff;
use crate::style;

/// The part of the navigation that a page belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Section {
    Users,
    Clients,
}

/// A page for a staff member.
pub(crate) struct Page<'a> {
    pub(crate) section: Section,
    /// The heading, and the title of the window.
    pub(crate) title: &'a str,
    pub(crate) notice: Option<Notice>,
    pub(crate) body: Markup,
}

impl Page<'_> {
    /// Renders the page as an answer, with the cookie that its forms need.
    pub(crate) fn answer(self, status: StatusCode, staff: Staff) -> Response {
        let Self { section, title, notice, body } = self;
        let header = navigation(&staff, section);
        let content = html! {
            @if let Some(notice) = notice { p.notice role="status" { (notice.text()) } }
            h1 { (foreign(title)) }
            (body)
        };
        // A screen reader reads the title first, so the title starts with the outcome.
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

/// Renders a whole document.
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

/// Renders the page that explains why a request was refused.
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

/// Renders untrusted text, such as a name. It cannot change the text direction around it, and invisible characters are shown.
pub(crate) fn foreign(text: &str) -> Markup {
    let is_unseen = |c: char| !c.is_ascii_graphic() && (c.is_whitespace() || c.escape_debug().len() > 1);
    // With a direction override, one name could be displayed as another one.
    let turns = |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let is_plain = !text.chars().all(is_unseen) && !text.chars().any(turns);
    let shown = if is_plain { text.to_owned() } else { format!("{text:?}") };
    html! { bdi { (shown) } }
}

/// Renders the hidden field with the CSRF token. A form without it is refused.
pub(crate) fn csrf_field(token: &CsrfToken) -> Markup {
    html! { input type="hidden" name=(csrf::FORM_FIELD) value=(token.value()); }
}

/// Renders a table. Its roles are explicit, since browsers drop the implicit ones when the style sheet turns rows into cards.
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

/// Renders the cell that is the header of its row.
pub(crate) fn row_header(content: Markup) -> Markup {
    html! { th role="rowheader" scope="row" { (content) } }
}

/// Renders a cell. It includes the name of its column, for layouts that hide the headers.
pub(crate) fn cell(column: &str, content: Markup) -> Markup {
    html! { td role="cell" data-column=(column) { div { (content) } } }
}

/// Renders a cell for long content.
pub(crate) fn wide_cell(column: &str, content: Markup) -> Markup {
    html! { td.wide role="cell" data-column=(column) { div { (content) } } }
}

/// Renders a state in one word.
pub(crate) fn badge(kind: &str, text: &str) -> Markup {
    html! { span class=(format!("badge {kind}")) { (text) } }
}

/// A button inside a fold, so that a single click cannot do something that cannot be undone.
pub(crate) struct Confirm<'a> {
    /// The text of the fold.
    pub(crate) summary: &'a str,
    /// Text after it for screen readers only, to tell apart folds with the same text.
    pub(crate) about: &'a str,
    /// A description of what will happen.
    pub(crate) text: &'a str,
    /// The label of the button.
    pub(crate) button: &'a str,
    pub(crate) action: &'a str,
    /// A hidden field of the form that identifies the object, as name and value.
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
    fn untrusted_text_is_escaped_and_visible() {
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
