//! Whether anonymous callers may come in: what the types say, and what the server does.

use std::collections::BTreeSet;

use auth_runtime::audit::Audit;
use auth_runtime::permission::{Access, Decision, Permission};
use auth_runtime::{AuthError, User};
use axum::Router;
use tests::{request, send};

mod constants;
mod handlers;
mod stand_ins;

/// Says nothing.
struct Unknown;

impl<S: Sync, U: User> Permission<S, U> for Unknown {
    async fn has_permission(&self, access: &Access<'_, S, U>) -> Result<(), AuthError> {
        if access.identity.user().is_some() { Ok(()) } else { Err(AuthError::permission_denied()) }
    }
}

/// Asks each handler as an anonymous caller.
async fn serves_what_the_audit_says(audit: &Audit, router: &Router) {
    for row in audit.rows() {
        let methods = if row.method == "*" { ["GET", "POST"] } else { [row.method; 2] };
        let mut admits = BTreeSet::new();
        for method in methods {
            let status = send(router, request(method, &row.path, &[])).await.status.as_u16();
            assert!([200, 401, 403].contains(&status), "{method} {}: {status}", row.path);
            admits.insert(status == 200);
        }
        match row.on_anonymous() {
            Decision::Denied => assert_eq!(admits, BTreeSet::from([false]), "{} {}", row.method, row.path),
            Decision::Allowed => assert_eq!(admits, BTreeSet::from([true]), "{} {}", row.method, row.path),
            Decision::Depends => {}
        }
    }
}
