//! The components of a message that a signature lists (RFC 9421 section 2).

use std::borrow::Cow;
use std::ops::Range;

use sfv::visitor::{ItemVisitor, ParameterVisitor};
use sfv::{BareItemFromInput, ItemSerializer, KeyRef, Parser};

use super::error::SignatureError;

/// The maximum number of components of a signature over a request.
pub(super) const MAX_COMPONENTS: usize = 32;

/// The maximum for a signature over a response: the components of the request, and its own.
pub(super) const MAX_RESPONSE_COMPONENTS: usize = MAX_COMPONENTS + 8;

/// The kind of a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Method,
    TargetUri,
    Authority,
    Scheme,
    RequestTarget,
    Path,
    Query,
    QueryParam,
    Status,
    Field,
}

impl Kind {
    pub(super) fn of(name: &str) -> Result<Self, &'static str> {
        Ok(match name {
            "@method" => Self::Method,
            "@target-uri" => Self::TargetUri,
            "@authority" => Self::Authority,
            "@scheme" => Self::Scheme,
            "@request-target" => Self::RequestTarget,
            "@path" => Self::Path,
            "@query" => Self::Query,
            "@query-param" => Self::QueryParam,
            "@status" => Self::Status,
            "@signature-params" => return Err("is covered by every signature and never listed"),
            _ if name.starts_with('@') => return Err("is no derived component that is known"),
            _ if is_field_name(name) => Self::Field,
            _ => return Err("is no field's name in lower case"),
        })
    }
}

/// Returns whether `name` is a field name in lower case (RFC 9110 section 5.1).
pub(super) const fn is_field_name(name: &str) -> bool {
    let bytes = name.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at].is_ascii_uppercase() {
            return false;
        }
        at += 1;
    }
    auth_runtime::is_http_token(name)
}

/// The form in which the value of a field is covered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    AsItStands,
    /// `sf`.
    Strict,
    /// `bs`.
    Bytes,
}

/// One component. Its ranges refer to the text of its [`Components`].
#[derive(Debug, Clone)]
pub(super) struct Component {
    /// The identifier: `"@query-param";name="a"`.
    id: Range<usize>,
    name: Range<usize>,
    pub(super) kind: Kind,
    pub(super) form: Form,
    pub(super) tr: bool,
    pub(super) req: bool,
    /// The value of the parameter `key` or `name`, with escapes.
    member: Option<Range<usize>>,
}

/// Components in order, with the text that contains their identifiers. The text may contain other parts as well.
#[derive(Debug, Clone, Default)]
pub(super) struct Components {
    pub(super) text: String,
    list: Vec<Component>,
}

impl Components {
    /// Parses components in the form that developers use: `@method`, `content-type`, `@path;req`, `@query-param;name="page"`,
    /// with or without quotes around the name.
    pub(super) fn parse<T: AsRef<str>>(written: impl IntoIterator<Item = T>) -> Result<Self, SignatureError> {
        let mut components = Self::default();
        for component in written {
            components.add(component.as_ref())?;
        }
        Ok(components)
    }

    /// Adds one component, parsed as in [`parse`](Self::parse).
    pub(super) fn add(&mut self, written: &str) -> Result<(), SignatureError> {
        let item = if written.starts_with('"') {
            Cow::Borrowed(written)
        } else {
            let (name, params) = written.split_at(written.find(';').unwrap_or(written.len()));
            Cow::Owned(format!("\"{name}\"{params}"))
        };
        let visitor = ComponentVisitor { components: self, limit: MAX_RESPONSE_COMPONENTS };
        Parser::new(&*item)
            .parse_item_with_visitor(visitor)
            .map_err(|error| SignatureError::Malformed(format!("`{written}`: {error}")))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Component> {
        self.list.iter()
    }

    /// Creates an empty list that continues this text, with capacity for a usual signature.
    pub(super) fn after(text: &str) -> Self {
        let mut components = Self { text: String::with_capacity(256), list: Vec::with_capacity(8) };
        components.text.push_str(text);
        components
    }

    /// Returns the identifier: `"content-type"`.
    pub(super) fn id(&self, component: &Component) -> &str {
        &self.text[component.id.clone()]
    }

    /// Returns the name without quotes.
    pub(super) fn name(&self, component: &Component) -> &str {
        &self.text[component.name.clone()]
    }

    /// Returns the value of the parameter `key` or `name`.
    pub(super) fn member(&self, component: &Component) -> Option<Cow<'_, str>> {
        component.member.clone().map(|range| unescaped(&self.text[range]))
    }

    /// Returns whether the whole value of this component is covered, in any form.
    pub(super) fn covers(&self, kind: Kind, name: &str, req: bool) -> bool {
        let has = |kind: Kind| self.list.iter().any(|component| component.kind == kind && component.req == req);
        match kind {
            Kind::Field => self.list.iter().any(|component| {
                component.kind == Kind::Field
                    && component.req == req
                    && !component.tr
                    && component.member.is_none()
                    && self.name(component) == name
            }),
            Kind::TargetUri => has(Kind::TargetUri) || has(Kind::Authority) && has(Kind::Path) && has(Kind::Query),
            Kind::Authority | Kind::Path | Kind::Query | Kind::Scheme => has(kind) || has(Kind::TargetUri),
            _ => has(kind),
        }
    }

    /// Returns whether the list covers a component of another list, possibly in another form.
    pub(super) fn covers_as(&self, other: &Self, wanted: &Component) -> bool {
        let name = other.name(wanted);
        let same = || self.list.iter().any(|component| self.same(component, other, wanted));
        if wanted.member.is_some() || wanted.tr { same() } else { self.covers(wanted.kind, name, wanted.req) || same() }
    }

    /// Returns whether the value of a field, or a member of it, is covered.
    pub(super) fn touches(&self, field: &str) -> bool {
        self.list.iter().any(|component| {
            component.kind == Kind::Field && !component.req && !component.tr && self.name(component) == field
        })
    }

    fn same(&self, a: &Component, other: &Self, b: &Component) -> bool {
        a.kind == b.kind
            && (a.form, a.tr, a.req) == (b.form, b.tr, b.req)
            && self.name(a) == other.name(b)
            && a.member.clone().map(|range| &self.text[range]) == b.member.clone().map(|range| &other.text[range])
    }

    fn begin(&mut self, name: &str, limit: usize) -> Result<(), SignatureError> {
        if !self.list.is_empty() {
            self.text.push(' ');
        }
        let start = self.text.len() + 1;
        self.text.extend(["\"", name, "\""]);
        self.begin_at(start..start + name.len(), limit)
    }

    /// Begins the component whose quoted name is at this range of the text.
    pub(super) fn begin_at(&mut self, name: Range<usize>, limit: usize) -> Result<(), SignatureError> {
        if self.list.len() == limit {
            return Err(SignatureError::Malformed(format!("it covers more than {limit} components")));
        }
        let text = &self.text[name.clone()];
        let kind = Kind::of(text).map_err(|reason| SignatureError::component(format!("{text:?}"), reason))?;
        let (id, form, tr, req) = (name.start - 1..name.end + 1, Form::AsItStands, false, false);
        self.list.push(Component { id, name, kind, form, tr, req, member: None });
        Ok(())
    }

    fn parameter(&mut self, key: &KeyRef, value: &BareItemFromInput<'_>) -> Result<(), SignatureError> {
        let Self { text, list } = self;
        let Some(component) = list.last_mut() else { return Ok(()) };
        let on = value.as_boolean() == Some(true);
        let is_field = component.kind == Kind::Field;
        let value_range = push_parameter(text, key, value);
        component.id.end = text.len();
        let twice = match key.as_str() {
            "sf" if on && is_field => std::mem::replace(&mut component.form, Form::Strict) != Form::AsItStands,
            "bs" if on && is_field => std::mem::replace(&mut component.form, Form::Bytes) != Form::AsItStands,
            "tr" if on && is_field => std::mem::replace(&mut component.tr, true),
            "req" if on && component.kind != Kind::Status => std::mem::replace(&mut component.req, true),
            "key" if value.as_string().is_some() && is_field => component.member.replace(value_range).is_some(),
            "name" if value.as_string().is_some() && component.kind == Kind::QueryParam => {
                component.member.replace(value_range).is_some()
            }
            _ => {
                return Err(SignatureError::component(
                    &text[component.id.clone()],
                    "has a parameter that is not known",
                ));
            }
        };
        if twice {
            return Err(SignatureError::component(
                &text[component.id.clone()],
                "has a parameter twice, or both `bs` and `sf`",
            ));
        }
        Ok(())
    }

    /// Ends the current component after all of its parameters.
    pub(super) fn end(&mut self) -> Result<(), SignatureError> {
        let Some((last, earlier)) = self.list.split_last() else { return Ok(()) };
        let reason = if last.form == Form::Bytes && last.member.is_some() {
            "has both `bs` and `key`"
        } else if last.kind == Kind::QueryParam && last.member.is_none() {
            "has no `name`"
        } else if earlier.iter().any(|component| self.same(component, self, last)) {
            "is covered twice"
        } else {
            return Ok(());
        };
        Err(SignatureError::component(self.id(last), reason))
    }
}

/// Receives one component of a structured field.
pub(super) struct ComponentVisitor<'a> {
    pub(super) components: &'a mut Components,
    pub(super) limit: usize,
}

impl<'de> ItemVisitor<'de> for ComponentVisitor<'_> {
    type Out = ();
    type Error = SignatureError;

    fn bare_item(self, item: BareItemFromInput<'de>) -> Result<impl ParameterVisitor<'de, Out = ()>, SignatureError> {
        let name = item.as_string().ok_or_else(|| SignatureError::Malformed("a component is no string".into()))?;
        self.components.begin(name.as_str(), self.limit)?;
        Ok(self)
    }
}

impl<'de> ParameterVisitor<'de> for ComponentVisitor<'_> {
    type Out = ();
    type Error = SignatureError;

    fn parameter(&mut self, key: &'de KeyRef, value: BareItemFromInput<'de>) -> Result<(), SignatureError> {
        self.components.parameter(key, &value)
    }

    fn finish(self) -> Result<(), SignatureError> {
        self.components.end()
    }
}

/// Writes a parameter (RFC 9651 section 4.1.1.2). Returns the range of its value; for a string, without the quotes.
pub(super) fn push_parameter(text: &mut String, key: &KeyRef, value: &BareItemFromInput<'_>) -> Range<usize> {
    text.push(';');
    text.push_str(key.as_str());
    if value.as_boolean() == Some(true) {
        return text.len()..text.len();
    }
    text.push('=');
    let start = text.len();
    let _ = ItemSerializer::with_buffer(text).bare_item(value);
    if value.as_string().is_some() { start + 1..text.len() - 1 } else { start..text.len() }
}

/// Returns the content of a structured field's string, given without its quotes.
pub(super) fn unescaped(string: &str) -> Cow<'_, str> {
    if !string.contains('\\') {
        return string.into();
    }
    let mut characters = string.chars();
    let mut text = String::with_capacity(string.len());
    while let Some(character) = characters.next() {
        text.extend(if character == '\\' { characters.next() } else { Some(character) });
    }
    text.into()
}
