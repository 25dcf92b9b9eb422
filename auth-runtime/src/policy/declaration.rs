//! [`Declaration`]: what a handler declares, for audits and documents.

use std::fmt;

use http::Method;

use crate::identity::Caller;
use crate::policy::permission::{Anonymous, Decision};
use crate::scheme::source::CredentialSource;

/// What `#[authenticate]`, `#[permit]` and `#[throttle]` declare for a handler, or `#[policy]` for a named policy.
///
/// The macros build it from the same tokens that they enforce, so the two cannot differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Declaration {
    /// The handler, or the named policy.
    pub name: &'static str,
    /// The module that contains it.
    pub module: &'static str,
    /// The path of the source file, as it was passed to the compiler.
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
    /// The scheme as it was written: `Token(keyword = "Bearer")`.
    pub text: &'static str,
    /// What it reads of a request.
    pub claim: CredentialSource,
}

impl Declaration {
    /// The declaration of a policy that was written by hand and declares nothing.
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

    /// Creates a declaration of `name`, at a place in the code.
    pub const fn new(name: &'static str, module: &'static str, file: &'static str, line: u32) -> Self {
        Self { name, module, file, line, ..Self::UNKNOWN }
    }

    /// Sets the chain.
    #[must_use]
    pub const fn schemes(self, schemes: &'static [SchemeDeclaration]) -> Self {
        Self { schemes, ..self }
    }

    /// Sets the permission and the throttles.
    #[must_use]
    pub const fn rules(self, permit: Option<&'static str>, throttle: Option<&'static str>) -> Self {
        Self { permit, throttle, ..self }
    }

    /// Sets what the handler does with its caller.
    #[must_use]
    pub const fn caller(self, caller: Caller) -> Self {
        Self { caller, ..self }
    }

    /// Takes the chain of `other`, and its rules where this declaration states none.
    #[must_use]
    pub const fn over(self, other: &Self) -> Self {
        let permit = if self.permit.is_some() { self.permit } else { other.permit };
        let throttle = if self.throttle.is_some() { self.throttle } else { other.throttle };
        Self { schemes: other.schemes, permit, throttle, ..self }
    }

    /// Returns the decision on an anonymous caller's request with this method. `*` stands for all methods.
    ///
    /// Ignores the throttles, and schemes that refuse wrong credentials.
    pub fn on_anonymous(&self, method: &str) -> Decision {
        if self.caller == Caller::Required {
            return Decision::Denied;
        }
        match Method::from_bytes(method.as_bytes()) {
            Ok(known) if method != "*" => self.anonymous.on(&known),
            _ => self.anonymous.on_any_method(),
        }
    }

    /// Returns the chain as it was written, or `none` for the empty chain.
    pub fn chain(&self) -> impl fmt::Display + '_ {
        fmt::from_fn(|f| {
            for (at, scheme) in self.schemes.iter().enumerate() {
                write!(f, "{}{}", if at > 0 { ", " } else { "" }, scheme.text)?;
            }
            if self.schemes.is_empty() { f.write_str("none") } else { Ok(()) }
        })
    }
}
