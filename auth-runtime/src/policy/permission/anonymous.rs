//! What a permission decides about anonymous callers, known at compile time: [`Anonymous`].

use http::Method;

use super::methods::reads_only;

/// A decision, as far as it is known without a request.
///
/// Decisions are combined by Kleene's three-valued logic: the result [depends](Self::Depends) on the request, unless the other
/// side decides alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_enums)]
pub enum Decision {
    /// Every request is denied or fails.
    Denied,
    /// Every request is allowed or fails.
    Allowed,
    /// It depends on the request, or is unknown.
    Depends,
}

impl Decision {
    /// Returns the decision of `a & b`.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Denied, _) | (_, Self::Denied) => Self::Denied,
            (Self::Allowed, Self::Allowed) => Self::Allowed,
            (Self::Depends, _) | (_, Self::Depends) => Self::Depends,
        }
    }

    /// Returns the decision of `a | b`.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        self.not().and(other.not()).not()
    }

    /// Returns the decision of `!a`.
    #[must_use]
    #[allow(clippy::should_implement_trait)] // `Not::not` is not `const`
    pub const fn not(self) -> Self {
        match self {
            Self::Denied => Self::Allowed,
            Self::Allowed => Self::Denied,
            Self::Depends => Self::Depends,
        }
    }

    /// Returns whether a request may be allowed.
    pub const fn may_allow(self) -> bool {
        !matches!(self, Self::Denied)
    }
}

/// What a permission decides about anonymous callers: those for whom
/// [`Identity::is_authenticated`](crate::Identity::is_authenticated) is false.
///
/// A permission states it in [`Permission::ANONYMOUS`](super::Permission::ANONYMOUS). `#[permit(..)]` combines these constants
/// as it combines the permissions, and the [audit](crate::audit) shows the result.
///
/// ```
/// use auth_runtime::permission::{Anonymous, Decision};
/// use auth_runtime::http::Method;
///
/// const EITHER: Anonymous = Anonymous::DENIED.or(Anonymous::READ_ONLY);
/// assert_eq!(EITHER.on(&Method::GET), Decision::Allowed);
/// assert_eq!(EITHER.on(&Method::POST), Decision::Denied);
/// assert_eq!(Anonymous::UNKNOWN.not(), Anonymous::UNKNOWN);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Anonymous {
    safe: Decision,
    other: Decision,
}

impl Anonymous {
    /// Anonymous callers are allowed.
    pub const ALLOWED: Self = Self::by_method(Decision::Allowed, Decision::Allowed);
    /// Anonymous callers are denied.
    pub const DENIED: Self = Self::by_method(Decision::Denied, Decision::Denied);
    /// Anonymous callers are allowed for `GET`, `HEAD` and `OPTIONS`, and denied for other methods.
    pub const READ_ONLY: Self = Self::by_method(Decision::Allowed, Decision::Denied);
    /// It depends on the request, or is unknown: the audit counts that as allowed.
    pub const UNKNOWN: Self = Self::by_method(Decision::Depends, Decision::Depends);

    /// Creates one decision for `GET`, `HEAD` and `OPTIONS`, and one for all other methods.
    pub const fn by_method(safe: Decision, other: Decision) -> Self {
        Self { safe, other }
    }

    /// Returns the decision of `a & b`.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self { safe: self.safe.and(other.safe), other: self.other.and(other.other) }
    }

    /// Returns the decision of `a | b`.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self { safe: self.safe.or(other.safe), other: self.other.or(other.other) }
    }

    /// Returns the decision of `!a`.
    #[must_use]
    #[allow(clippy::should_implement_trait)] // `Not::not` is not `const`
    pub const fn not(self) -> Self {
        Self { safe: self.safe.not(), other: self.other.not() }
    }

    /// Returns the decision on a request with this method.
    pub fn on(self, method: &Method) -> Decision {
        if reads_only(method) { self.safe } else { self.other }
    }

    /// Returns the decision on a request whose method is unknown.
    pub const fn on_any_method(self) -> Decision {
        match (self.safe, self.other) {
            (Decision::Denied, Decision::Denied) => Decision::Denied,
            (Decision::Allowed, Decision::Allowed) => Decision::Allowed,
            _ => Decision::Depends,
        }
    }

    /// Returns whether every method may be allowed.
    pub(crate) const fn may_allow_every_method(self) -> bool {
        self.safe.may_allow() && self.other.may_allow()
    }
}
