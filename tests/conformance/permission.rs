//! The permissions of a case: expressions that are evaluated by the public permissions and their composition.

use std::borrow::Cow;
use std::pin::Pin;
use std::sync::Arc;

use auth_runtime::permission::{
    Access, AllowAny, And, IsAuthenticated, IsAuthenticatedOrReadOnly, IsStaff, ModelPermissions,
    ModelPermissionsOrAnonReadOnly, Not, ObjectPermission, ObjectPermissions, ObjectPermissionsWithView, Or,
    Permission,
};
use auth_runtime::{AuthError, Identity};
use serde_json::Value;

use crate::backend::CaseUser;
use crate::model::MODEL;
use crate::state::CaseState;

/// What a handler asks an object permission about.
#[derive(Debug)]
pub(crate) struct Object {
    pub(crate) key: String,
    pub(crate) owner: Option<String>,
}

impl auth_runtime::permission::Object for Object {
    fn key(&self) -> Cow<'_, str> {
        self.key.as_str().into()
    }
}

/// A permission of a case. Clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Rule(Arc<Kind>);

#[derive(Debug)]
enum Kind {
    AllowAny,
    IsAuthenticated,
    IsStaff,
    IsAuthenticatedOrReadOnly,
    Model(ModelPermissions),
    ModelOrAnonReadOnly(ModelPermissionsOrAnonReadOnly),
    Objects(ObjectPermissions),
    ObjectsWithView(ObjectPermissionsWithView),
    Deny(Words),
    DenyObject(Words),
    IsObjectOwner,
    And(Rule, Rule),
    Or(Rule, Rule),
    Not(Rule),
}

#[derive(Debug)]
struct Words {
    message: Option<String>,
    code: Option<String>,
}

impl Words {
    fn parse(value: &Value) -> Result<Self, String> {
        let Value::Object(words) = value else { return Err(format!("the denial {value}")) };
        let text = |name: &str| words.get(name).and_then(Value::as_str).map(str::to_owned);
        match words.keys().find(|key| !["message", "code"].contains(&key.as_str())) {
            Some(other) => Err(format!("the key {other} of a denial")),
            None => Ok(Self { message: text("message"), code: text("code") }),
        }
    }

    fn denial(&self) -> AuthError {
        let mut error = AuthError::permission_denied();
        if let Some(message) = &self.message {
            error = error.with_detail(message.clone());
        }
        if let Some(code) = &self.code {
            error = error.with_code(code.clone());
        }
        error
    }
}

impl Rule {
    fn of(kind: Kind) -> Self {
        Self(Arc::new(kind))
    }

    pub(crate) fn parse(value: &Value) -> Result<Self, String> {
        let object = match value {
            Value::String(text) => return expression(text),
            Value::Object(object) if object.len() == 1 => object,
            _ => return Err(format!("the permission {value}")),
        };
        let Some((key, inner)) = object.iter().next() else { return Err(format!("the permission {value}")) };
        let list = || inner.as_array().filter(|list| !list.is_empty()).ok_or_else(|| format!("the permission {value}"));
        match key.as_str() {
            "deny" => Ok(Self::of(Kind::Deny(Words::parse(inner)?))),
            "deny_object" => Ok(Self::of(Kind::DenyObject(Words::parse(inner)?))),
            "user_is_object_owner" => Ok(Self::of(Kind::IsObjectOwner)),
            "all_of" => Self::fold(list()?, Kind::And),
            "any_of" => Self::fold(list()?, Kind::Or),
            "not" => Ok(Self::of(Kind::Not(Self::parse(inner)?))),
            _ => Err(format!("the permission {value}")),
        }
    }

    fn fold(list: &[Value], join: fn(Self, Self) -> Kind) -> Result<Self, String> {
        let mut rules = list.iter().map(Self::parse);
        let first = rules.next().unwrap_or_else(|| Err("an empty list of permissions".to_owned()))?;
        rules.try_fold(first, |before, rule| Ok(Self::of(join(before, rule?))))
    }

    /// Boxed, because a rule holds rules.
    fn ask<'a>(&'a self, access: &'a Access<'_, CaseState, CaseUser>) -> Asked<'a> {
        Box::pin(async move {
            match &*self.0 {
                Kind::AllowAny | Kind::DenyObject(_) | Kind::IsObjectOwner => AllowAny.has_permission(access).await,
                Kind::IsAuthenticated => IsAuthenticated.has_permission(access).await,
                Kind::IsStaff => IsStaff.has_permission(access).await,
                Kind::IsAuthenticatedOrReadOnly => IsAuthenticatedOrReadOnly.has_permission(access).await,
                Kind::Model(model) => model.has_permission(access).await,
                Kind::ModelOrAnonReadOnly(model) => model.has_permission(access).await,
                Kind::Objects(objects) => objects.has_permission(access).await,
                Kind::ObjectsWithView(objects) => objects.has_permission(access).await,
                Kind::Deny(words) => Err(words.denial()),
                Kind::And(a, b) => And(a.clone(), b.clone()).has_permission(access).await,
                Kind::Or(a, b) => Or(a.clone(), b.clone()).has_permission(access).await,
                Kind::Not(a) => Not(a.clone()).has_permission(access).await,
            }
        })
    }

    fn ask_object<'a>(&'a self, access: &'a Access<'_, CaseState, CaseUser>, object: &'a Object) -> Asked<'a> {
        Box::pin(async move {
            match &*self.0 {
                Kind::AllowAny | Kind::Deny(_) => AllowAny.has_object_permission(access, object).await,
                Kind::IsAuthenticated => IsAuthenticated.has_object_permission(access, object).await,
                Kind::IsStaff => IsStaff.has_object_permission(access, object).await,
                Kind::IsAuthenticatedOrReadOnly => {
                    IsAuthenticatedOrReadOnly.has_object_permission(access, object).await
                }
                Kind::Model(model) => model.has_object_permission(access, object).await,
                Kind::ModelOrAnonReadOnly(model) => model.has_object_permission(access, object).await,
                Kind::Objects(objects) => objects.has_object_permission(access, object).await,
                Kind::ObjectsWithView(objects) => objects.has_object_permission(access, object).await,
                Kind::DenyObject(words) => Err(words.denial()),
                Kind::IsObjectOwner if owns(access.identity, object) => Ok(()),
                Kind::IsObjectOwner => Err(AuthError::permission_denied()),
                Kind::And(a, b) => And(a.clone(), b.clone()).has_object_permission(access, object).await,
                Kind::Or(a, b) => Or(a.clone(), b.clone()).has_object_permission(access, object).await,
                Kind::Not(a) => Not(a.clone()).has_object_permission(access, object).await,
            }
        })
    }
}

type Asked<'a> = Pin<Box<dyn Future<Output = Result<(), AuthError>> + Send + 'a>>;

fn owns(identity: &Identity<CaseUser>, object: &Object) -> bool {
    let name = identity.user().and_then(CaseUser::account).map(|account| &account.username);
    name.is_some() && name == object.owner.as_ref()
}

impl Permission<CaseState, CaseUser> for Rule {
    async fn has_permission(&self, access: &Access<'_, CaseState, CaseUser>) -> Result<(), AuthError> {
        self.ask(access).await
    }
}

impl ObjectPermission<CaseState, CaseUser, Object> for Rule {
    async fn has_object_permission(
        &self,
        access: &Access<'_, CaseState, CaseUser>,
        object: &Object,
    ) -> Result<(), AuthError> {
        self.ask_object(access, object).await
    }
}

/// The list of a view, all of which must hold: the first that denies gives its words.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CasePermit<const N: usize>;

impl<const N: usize> Permission<CaseState, CaseUser> for CasePermit<N> {
    async fn has_permission(&self, access: &Access<'_, CaseState, CaseUser>) -> Result<(), AuthError> {
        let view = access.state.view(N);
        for rule in &view.permissions {
            rule.has_permission(access).await?;
        }
        Ok(())
    }
}

impl<const N: usize> ObjectPermission<CaseState, CaseUser, Object> for CasePermit<N> {
    async fn has_object_permission(
        &self,
        access: &Access<'_, CaseState, CaseUser>,
        object: &Object,
    ) -> Result<(), AuthError> {
        for rule in &access.state.view(N).permissions {
            rule.has_object_permission(access, object).await?;
        }
        Ok(())
    }
}

/// Reads `IsAdminUser | ~(A & B)`, where `~` binds closest, then `&`, then `|`.
fn expression(text: &str) -> Result<Rule, String> {
    let mut parser = Parser { rest: text };
    let rule = parser.or().ok_or_else(|| format!("the permission `{text}`"))?;
    if parser.rest.trim().is_empty() { Ok(rule) } else { Err(format!("the permission `{text}`")) }
}

struct Parser<'a> {
    rest: &'a str,
}

impl Parser<'_> {
    fn eat(&mut self, sign: char) -> bool {
        let rest = self.rest.trim_start().strip_prefix(sign);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn or(&mut self) -> Option<Rule> {
        let mut rule = self.and()?;
        while self.eat('|') {
            rule = Rule::of(Kind::Or(rule, self.and()?));
        }
        Some(rule)
    }

    fn and(&mut self) -> Option<Rule> {
        let mut rule = self.not()?;
        while self.eat('&') {
            rule = Rule::of(Kind::And(rule, self.not()?));
        }
        Some(rule)
    }

    fn not(&mut self) -> Option<Rule> {
        if self.eat('~') {
            return Some(Rule::of(Kind::Not(self.not()?)));
        }
        if self.eat('(') {
            let rule = self.or()?;
            return self.eat(')').then_some(rule);
        }
        let rest = self.rest.trim_start();
        let end = rest.find(|letter: char| !letter.is_alphanumeric()).unwrap_or(rest.len());
        let (name, rest) = rest.split_at(end);
        self.rest = rest;
        Some(Rule::of(match name {
            "AllowAny" => Kind::AllowAny,
            "IsAuthenticated" => Kind::IsAuthenticated,
            "IsAdminUser" => Kind::IsStaff,
            "IsAuthenticatedOrReadOnly" => Kind::IsAuthenticatedOrReadOnly,
            "ModelPermissions" => Kind::Model(ModelPermissions { model: MODEL }.declare()),
            "ModelPermissionsOrAnonReadOnly" => {
                Kind::ModelOrAnonReadOnly(ModelPermissionsOrAnonReadOnly { model: MODEL }.declare())
            }
            "ObjectPermissions" => Kind::Objects(ObjectPermissions { model: MODEL }.declare()),
            "ObjectPermissionsWithView" => Kind::ObjectsWithView(ObjectPermissionsWithView { model: MODEL }.declare()),
            _ => return None,
        }))
    }
}
