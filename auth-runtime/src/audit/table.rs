//! [`Audit`]: the table of what is mounted, and assertions for tests.

use std::fmt;

use serde::Serialize;
use serde::ser::SerializeStruct;

use crate::identity::Caller;
use crate::policy::declaration::Declaration;
use crate::policy::permission::Decision;

/// A mounted handler.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Row {
    /// The method. `*` means all.
    pub method: &'static str,
    /// The path, as axum writes it.
    pub path: String,
    /// The handler's declaration.
    pub declaration: Option<Declaration>,
    /// The guards in front of it, the outermost first.
    pub guards: Vec<Declaration>,
    /// The reason why nothing is declared.
    pub undeclared: Option<&'static str>,
}

/// A table of all mounted handlers: as text with [`Display`](fmt::Display), as JSON with [`Serialize`], and with assertions for
/// tests.
#[derive(Debug, Clone, Serialize)]
pub struct Audit(Vec<Row>);

impl Audit {
    /// Creates a table of these rows, ordered by path.
    pub(super) fn of(mut rows: Vec<Row>) -> Self {
        rows.sort_by(|a, b| (&a.path, a.method).cmp(&(&b.path, b.method)));
        Self(rows)
    }

    /// Returns its rows.
    pub fn rows(&self) -> &[Row] {
        &self.0
    }

    /// Asserts that exactly these handlers, written as `GET /health`, are open to anonymous callers.
    ///
    /// Unknown counts as open: a permission that does not state [`ANONYMOUS`](crate::Permission::ANONYMOUS), and a router that
    /// declares nothing and has no guard. For such a router, the reason given to
    /// [`Routes::undeclared`](super::Routes::undeclared) is enough; it may be listed too.
    ///
    /// # Panics
    ///
    /// If other handlers are open, if a listed handler is not open, or if a router declares nothing and its reason is blank.
    #[track_caller]
    pub fn assert_public(&self, expected: &[&str]) {
        let public: Vec<(String, &Row)> =
            self.0.iter().filter(|row| row.is_public()).map(|row| (row.name(), row)).collect();
        let is_listed = |name: &str| expected.contains(&name);
        let more = public.iter().filter(|(name, row)| row.undeclared.is_none() && !is_listed(name));
        let more: Vec<_> = more.map(|(name, _)| name.as_str()).collect();
        let less = expected.iter().copied().filter(|name| !public.iter().any(|(public, _)| public == name));
        let less: Vec<_> = less.collect();
        let unexplained = self.0.iter().filter(|row| row.undeclared.is_some_and(|reason| reason.trim().is_empty()));
        let unexplained: Vec<_> = unexplained.map(Row::name).collect();
        let faults = [
            ("anonymous callers may come in here, and these are not listed", format!("{more:?}"), more.is_empty()),
            ("anonymous callers cannot come in here, or these are not mounted", format!("{less:?}"), less.is_empty()),
            ("these routers declare nothing and give no reason", format!("{unexplained:?}"), unexplained.is_empty()),
        ];
        let faults = faults.into_iter().filter(|(.., is_empty)| !is_empty);
        let faults: Vec<String> = faults.map(|(what, which, _)| format!("{what}: {which}\n")).collect();
        assert!(faults.is_empty(), "{}{self}", faults.concat());
    }

    /// Asserts that every handler declares something.
    ///
    /// # Panics
    ///
    /// If a handler declares nothing.
    #[track_caller]
    pub fn assert_all_declared(&self) {
        let undeclared: Vec<_> = self.0.iter().filter(|row| row.declaration.is_none()).map(|row| &row.path).collect();
        assert!(undeclared.is_empty(), "nothing is declared here: {undeclared:?}\n{self}");
    }
}

impl Row {
    /// Returns the decision of the guards and the handler together on a request of an anonymous caller.
    pub fn on_anonymous(&self) -> Decision {
        let by = |declaration: &Declaration| declaration.on_anonymous(self.method);
        let own = self.declaration.as_ref().map_or(Decision::Depends, by);
        self.guards.iter().map(by).fold(own, Decision::and)
    }

    /// Returns whether it is open to anonymous callers.
    pub fn is_public(&self) -> bool {
        self.on_anonymous().may_allow()
    }

    /// Returns the name, as in [`Audit::assert_public`].
    fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// Returns [`on_anonymous`](Self::on_anonymous) as a word.
    fn anonymous(&self) -> &'static str {
        match self.on_anonymous() {
            Decision::Denied => "no",
            Decision::Allowed => "yes",
            Decision::Depends => "maybe",
        }
    }

    /// Returns the permission, and adds that a caller is required if the permission does not imply it.
    fn permission(&self, declaration: &Declaration) -> String {
        let permission_alone = Declaration { caller: Caller::Ignored, ..*declaration };
        let is_open = permission_alone.on_anonymous(self.method).may_allow();
        let needs_caller = declaration.caller == Caller::Required;
        match (declaration.permit, needs_caller) {
            (Some(permit), true) if is_open => format!("{permit}, needs a caller"),
            (Some(permit), _) => permit.to_owned(),
            (None, true) => "needs a caller".to_owned(),
            (None, false) => "-".to_owned(),
        }
    }

    /// Returns method, path, whether it is open to anonymous callers, chain, permission, throttle, and where it is declared.
    fn cells(&self) -> [String; 7] {
        let or_dash = |text: Option<&str>| text.unwrap_or("-").to_owned();
        let [chain, permit, throttle, place] = match (&self.declaration, self.undeclared) {
            (Some(it), _) => [
                it.chain().to_string(),
                self.permission(it),
                or_dash(it.throttle),
                format!("{}:{} {}", it.file, it.line, it.name),
            ],
            (None, reason) => {
                ["?".to_owned(), "?".to_owned(), "?".to_owned(), format!("undeclared: {}", or_dash(reason))]
            }
        };
        let guards = self.guards.iter().map(|guard| format!(", behind {}", guard.name));
        let place = place + &guards.collect::<String>();
        [self.method.to_owned(), self.path.clone(), self.anonymous().to_owned(), chain, permit, throttle, place]
    }
}

impl Serialize for Row {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let caller = |caller: Caller| match caller {
            Caller::Ignored => "ignored",
            Caller::Optional => "optional",
            Caller::Required => "required",
        };
        let mut row = serializer.serialize_struct("Row", 12)?;
        row.serialize_field("method", self.method)?;
        row.serialize_field("path", &self.path)?;
        row.serialize_field("is_public", &self.is_public())?;
        row.serialize_field("anonymous", self.anonymous())?;
        let schemes = self.declaration.map(|it| it.schemes.iter().map(|scheme| scheme.text).collect::<Vec<_>>());
        row.serialize_field("schemes", &schemes)?;
        row.serialize_field("permit", &self.declaration.and_then(|it| it.permit))?;
        row.serialize_field("caller", &self.declaration.map(|it| caller(it.caller)))?;
        row.serialize_field("throttle", &self.declaration.and_then(|it| it.throttle))?;
        row.serialize_field("handler", &self.declaration.map(|it| format!("{}::{}", it.module, it.name)))?;
        row.serialize_field("source", &self.declaration.map(|it| format!("{}:{}", it.file, it.line)))?;
        row.serialize_field("guards", &self.guards.iter().map(|it| it.name).collect::<Vec<_>>())?;
        row.serialize_field("undeclared", &self.undeclared)?;
        row.end()
    }
}

impl fmt::Display for Audit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = ["method", "path", "anonymous", "schemes", "permission", "throttle", "declared"].map(str::to_owned);
        let lines: Vec<_> = std::iter::once(head).chain(self.0.iter().map(Row::cells)).collect();
        let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
        let widths: [usize; 7] = std::array::from_fn(width);
        for line in &lines {
            let cells = line.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
            writeln!(f, "{}", cells.collect::<Vec<_>>().join("  ").trim_end())?;
        }
        Ok(())
    }
}
