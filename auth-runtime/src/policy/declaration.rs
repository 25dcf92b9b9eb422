//! [`Declaration`]: what the line above a handler says, for audits and documents.

use std::fmt;

use http::Method;

use crate::identity::Caller;
use crate::policy::permission::{Anonymous, Decision};
use crate::scheme::source::CredentialSource;

/// What `#[authenticate]`, `#[permit]` and `#[throttle]` say of a handler, or `#[policy]` of a named policy.
///
/// The macros make it of the tokens that they enforce: there is no second place to keep in step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Declaration {
    /// The handler, or the named policy.
    pub name: &'static str,
    /// The module it stands in.
    pub module: &'static str,
    /// The file it stands in, as the compiler was given it.
    pub file: &'static str,
    /// The line of the attribute.
    pub line: u32,
    /// The chain, in order.
    pub schemes: &'static [SchemeDeclaration],
    /// The permission, as it was written.
    pub permit: Option<&'static str>,
    /// The throttles, as they were written.
    pub throttle: Option<&'static str>,
    /// What the handler does with its caller.
    pub caller: Caller,
    /// What the permission decides about anonymous callers.
    pub anonymous: Anonymous,
}

/// A scheme of a chain, as it was declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs)]
pub struct SchemeDeclaration {
    /// As it was written: `Token(keyword = "Bearer")`.
    pub text: &'static str,
    /// What it reads of a request.
    pub claim: CredentialSource,
}

impl Declaration {
    /// Of a policy that was written by hand and says nothing of itself.
    pub const UNKNOWN: Self = Self {
        name: "",
        module: "",
        file: "",
        line: 0,
        schemes: &[],
        permit: None,
        throttle: None,
        caller: Caller::Ignored,
        anonymous: Anonymous::UNKNOWN,
    };

    /// Of `name`, at a place in the code.
    pub const fn new(name: &'static str, module: &'static str, file: &'static str, line: u32) -> Self {
        Self { name, module, file, line, ..Self::UNKNOWN }
    }

    /// With this chain.
    #[must_use]
    pub const fn schemes(self, schemes: &'static [SchemeDeclaration]) -> Self {
        Self { schemes, ..self }
    }

    /// With this permission and these throttles.
    #[must_use]
    pub const fn rules(self, permit: Option<&'static str>, throttle: Option<&'static str>) -> Self {
        Self { permit, throttle, ..self }
    }

    /// With a handler that does this with its caller.
    #[must_use]
    pub const fn caller(self, caller: Caller) -> Self {
        Self { caller, ..self }
    }

    /// With the chain of `other`, and with its rules where this one states none.
    #[must_use]
    pub const fn over(self, other: &Self) -> Self {
        let permit = if self.permit.is_some() { self.permit } else { other.permit };
        let throttle = if self.throttle.is_some() { self.throttle } else { other.throttle };
        Self { schemes: other.schemes, permit, throttle, ..self }
    }

    /// What is decided about an anonymous caller's request with this method; `*` stands for all methods.
    ///
    /// The throttles, and schemes that refuse wrong credentials, are not considered.
    pub fn on_anonymous(&self, method: &str) -> Decision {
        if self.caller == Caller::Required {
            return Decision::Denied;
        }
        match Method::from_bytes(method.as_bytes()) {
            Ok(known) if method != "*" => self.anonymous.on(&known),
            _ => self.anonymous.on_any_method(),
        }
    }

    /// The chain as it was written; `none` for the empty one.
    pub fn chain(&self) -> impl fmt::Display + '_ {
        fmt::from_fn(|f| {
            for (at, scheme) in self.schemes.iter().enumerate() {
                write!(f, "{}{}", if at > 0 { ", " } else { "" }, scheme.text)?;
            }
            if self.schemes.is_empty() { f.write_str("none") } else { Ok(()) }
        })
    }
}
