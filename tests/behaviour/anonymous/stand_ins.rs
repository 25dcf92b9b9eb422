//! Users that represent an anonymous caller, and what a scheme substitutes for one.

use std::borrow::Cow;

use auth_runtime::audit::{self, Routes};
use auth_runtime::http::request::Parts;
use auth_runtime::permission::{IsAuthenticatedOrReadOnly, IsStaff};
use auth_runtime::{Authenticator, Outcome, Scheme, SchemeResult, User, authenticate};
use tests::{App, app, request, send};

use super::{Unknown, serves_what_the_audit_says};

/// A user who may be nobody.
#[derive(Debug, Clone)]
struct Visitor {
    is_nobody: bool,
}

impl User for Visitor {
    fn id(&self) -> Cow<'_, str> {
        "visitor".into()
    }

    fn is_staff(&self) -> bool {
        true
    }

    fn is_anonymous(&self) -> bool {
        self.is_nobody
    }
}

/// Identifies every caller as nobody.
#[derive(Authenticator)]
#[authenticator(auth = u8)]
struct Badge;

impl<S: Sync> Scheme<S> for Badge {
    type User = Visitor;

    async fn authenticate(&self, _: &Parts, _: &S) -> SchemeResult<Visitor, u8> {
        Ok(Outcome::Authenticated(Visitor { is_nobody: true }, 1))
    }
}

/// Substitutes a staff user and credentials for an anonymous caller.
#[derive(Authenticator)]
#[authenticator(auth = u8)]
struct Stand;

impl<S: Sync> Scheme<S> for Stand {
    type User = Visitor;

    async fn authenticate(&self, _: &Parts, _: &S) -> SchemeResult<Visitor, u8> {
        Ok(Outcome::Anonymous(Some(Visitor { is_nobody: false }), Some(1)))
    }
}

macro_rules! handlers_of {
    ($module:ident, $scheme:ident) => {
        mod $module {
            use super::*;

            #[authenticate($scheme)]
            async fn user(#[user] _me: Visitor) {}
            #[authenticate($scheme)]
            async fn credentials(#[auth] _badge: u8) {}
            #[authenticate($scheme)]
            async fn optional(#[user] _who: Option<Visitor>, #[auth] _badge: Option<u8>) {}
            #[authenticate($scheme)]
            #[permit(IsStaff)]
            async fn staff() {}
            #[authenticate($scheme)]
            #[permit(!IsStaff)]
            async fn not_staff() {}
            #[authenticate($scheme)]
            #[permit(IsAuthenticatedOrReadOnly)]
            async fn read_only(#[auth] _badge: Option<u8>) {}
            #[authenticate($scheme)]
            #[permit(Unknown)]
            async fn unknown() {}

            pub(super) fn routes() -> Routes<App> {
                Routes::new()
                    .route("/user", audit::get(user).post(user))
                    .route("/credentials", audit::get(credentials).post(credentials))
                    .route("/optional", audit::get(optional).post(optional))
                    .route("/staff", audit::get(staff).post(staff))
                    .route("/not-staff", audit::get(not_staff).post(not_staff))
                    .route("/read-only", audit::get(read_only).post(read_only))
                    .route("/unknown", audit::get(unknown).post(unknown))
            }
        }
    };
}

handlers_of!(nobody, Badge);
handlers_of!(stand_in, Stand);

#[tokio::test]
async fn a_user_who_stands_for_nobody_is_an_anonymous_caller() {
    for routes in [nobody::routes, stand_in::routes] {
        let audit = routes().audit();
        audit.assert_public(&[
            "GET /not-staff",
            "POST /not-staff",
            "GET /optional",
            "POST /optional",
            "GET /read-only",
            "GET /unknown",
            "POST /unknown",
        ]);
        let router = routes().into_router().with_state(app().await);
        serves_what_the_audit_says(&audit, &router).await;
        // What says nothing of itself lets both of them in: that is why it counts as public.
        assert_eq!(send(&router, request("GET", "/unknown", &[])).await.status, 200);
    }
}
