//! Permissions that are granted: who may do what to a model and to its objects.

use std::borrow::Cow;

use auth_runtime::permission::{
    Access, HasPermission, IsStaff, ModelPermissions, ModelPermissionsOrAnonReadOnly, ModelPermissionsWithView, Object,
    ObjectPermissions, ObjectPermissionsWithView, Permission,
};
use auth_runtime::scheme::Token;
use auth_runtime::store::{Grant, GroupStore, Holder, PermissionStore};
use auth_runtime::testing::force_authenticate;
use auth_runtime::{AuthError, AuthState, Identity, Rejection, authenticate};
use auth_store::Account;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::request::Parts;
use axum::routing::any;
use tests::{Answer, App, account, app, request, send};

use crate::support::refusal;

#[authenticate(Token)]
#[permit(ModelPermissions(model = "blog.note"))]
async fn notes() {}

#[authenticate(Token)]
#[permit(ModelPermissionsWithView(model = "blog.note"))]
async fn secret_notes() {}

#[authenticate(Token)]
#[permit(ModelPermissionsOrAnonReadOnly(model = "blog.note"))]
async fn open_notes() {}

#[authenticate(Token)]
#[permit(HasPermission(codename = "blog.publish_note") | IsStaff)]
async fn publish() {}

struct Note(u64);

impl Object for Note {
    fn key(&self) -> Cow<'_, str> {
        self.0.to_string().into()
    }
}

const NOTES: ObjectPermissions = ObjectPermissions { model: "blog.note" }.declare();
const SECRET_NOTES: ObjectPermissionsWithView = ObjectPermissionsWithView { model: "blog.note" }.declare();

#[authenticate(Token)]
#[permit(ObjectPermissions(model = "blog.note"))]
async fn note(
    #[user] who: Identity<Account>,
    State(app): State<App>,
    Path(id): Path<u64>,
    request: Parts,
) -> Result<(), Rejection> {
    who.access(&request, &app).check_object(&NOTES, &Note(id)).await
}

#[authenticate(Token)]
#[permit(ObjectPermissionsWithView(model = "blog.note"))]
async fn secret_note(
    #[user] who: Identity<Account>,
    State(app): State<App>,
    Path(id): Path<u64>,
    request: Parts,
) -> Result<(), Rejection> {
    who.access(&request, &app).check_object(&SECRET_NOTES, &Note(id)).await
}

/// Anybody, so that only the check of the object stands before the answer.
#[authenticate(Token)]
async fn object_only(#[user] who: Identity<Account>, State(app): State<App>, request: Parts) -> Result<(), Rejection> {
    who.access(&request, &app).check_object(&SECRET_NOTES, &Note(1)).await
}

/// A permission of one's own that asks the store: as many grants as it names.
struct HasAnyOf {
    codenames: &'static [&'static str],
}

impl<S: AuthState> Permission<S, Account> for HasAnyOf
where
    S::Backend: PermissionStore<User = Account>,
{
    async fn has_permission(&self, access: &Access<'_, S, Account>) -> Result<(), AuthError> {
        let user = access.identity.user().ok_or_else(AuthError::not_authenticated)?;
        for codename in self.codenames {
            if access.state.auth_context().backend().has_permissions(user, &[codename], None).await? {
                return Ok(());
            }
        }
        Err(AuthError::permission_denied().with_detail("Ask an editor.").with_code("no_editor"))
    }
}

#[authenticate(Token)]
#[permit(HasAnyOf(codenames = &["blog.publish_note", "blog.change_note"]))]
async fn edit() {}

async fn router() -> (App, Router) {
    let app = app().await;
    let router = Router::new()
        .route("/notes", any(notes))
        .route("/secret", any(secret_notes))
        .route("/open", any(open_notes))
        .route("/publish", any(publish))
        .route("/notes/{id}", any(note))
        .route("/secret/{id}", any(secret_note))
        .route("/object", any(object_only))
        .route("/edit", any(edit))
        .with_state(app.clone());
    (app, router)
}

async fn as_ada(router: &Router, method: &str, path: &str) -> Answer {
    send(router, request(method, path, &[("authorization", "Token ada-token")])).await
}

async fn anonymous(router: &Router, method: &str, path: &str) -> Answer {
    send(router, request(method, path, &[])).await
}

async fn grant(app: &App, codename: &str, object: Option<&str>) {
    app.backend().grant(Holder::Username("ada"), Grant { codename, object }).await.unwrap();
}

async fn status_of_ada(router: &Router, method: &str, path: &str) -> u16 {
    as_ada(router, method, path).await.status.as_u16()
}

const METHODS: [(&str, &str); 4] = [
    ("POST", "blog.add_note"),
    ("PUT", "blog.change_note"),
    ("PATCH", "blog.change_note"),
    ("DELETE", "blog.delete_note"),
];

#[tokio::test]
async fn each_method_needs_its_own_permission() {
    for (method, codename) in METHODS {
        let (app, router) = router().await;
        for path in ["/notes", "/secret", "/open"] {
            assert_eq!(status_of_ada(&router, method, path).await, 403, "{method} {path}");
        }
        for (_, other) in METHODS.iter().filter(|(_, other)| *other != codename) {
            grant(&app, other, None).await;
        }
        grant(&app, codename, Some("1")).await;
        grant(&app, &codename.replace("blog", "shop"), None).await;
        grant(&app, &format!("{codename}s"), None).await;
        for path in ["/notes", "/secret", "/open"] {
            assert_eq!(status_of_ada(&router, method, path).await, 403, "{method} {path}");
        }
        grant(&app, codename, None).await;
        for path in ["/notes", "/secret", "/open"] {
            assert_eq!(status_of_ada(&router, method, path).await, 200, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn who_reads_needs_no_permission_unless_it_is_demanded() {
    let (app, router) = router().await;
    for method in ["GET", "HEAD", "OPTIONS"] {
        assert_eq!(status_of_ada(&router, method, "/notes").await, 200, "{method}");
        assert_eq!(status_of_ada(&router, method, "/open").await, 200, "{method}");
        assert_eq!(status_of_ada(&router, method, "/secret").await, 403, "{method}");
        assert_eq!(anonymous(&router, method, "/notes").await.status, 401, "{method}");
        assert_eq!(anonymous(&router, method, "/secret").await.status, 401, "{method}");
        assert_eq!(anonymous(&router, method, "/open").await.status, 200, "{method}");
    }
    grant(&app, "blog.view_note", None).await;
    for method in ["GET", "HEAD", "OPTIONS"] {
        assert_eq!(status_of_ada(&router, method, "/secret").await, 200, "{method}");
    }
    assert_eq!(anonymous(&router, "POST", "/open").await.status, 401);
}

#[tokio::test]
async fn another_method_is_there_for_nobody_and_not_told_to_who_is_anonymous() {
    let (_, router) = router().await;
    for path in ["/notes", "/secret", "/open", "/notes/1"] {
        let answer = as_ada(&router, "PURGE", path).await;
        assert_eq!(refusal(&answer), (405, "method_not_allowed".to_owned()), "{path}");
        assert_eq!(answer.detail(), "Method \"PURGE\" not allowed.");
        assert_eq!(answer.header("allow"), Some("GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE"));
    }
    for path in ["/notes", "/secret", "/notes/1"] {
        assert_eq!(anonymous(&router, "PURGE", path).await.status, 401, "{path}");
    }
    assert_eq!(status_of_ada(&router, "TRACE", "/notes").await, 405);
}

#[tokio::test]
async fn a_group_s_permission_counts_from_the_next_request_on() {
    let (app, router) = router().await;
    let store = app.backend();
    store.create_group("editors").await.unwrap();
    store.grant(Holder::Group("editors"), Grant::of("blog.publish_note")).await.unwrap();
    assert_eq!(refusal(&as_ada(&router, "GET", "/publish").await), (403, "permission_denied".to_owned()));
    store.add_member("editors", "ada").await.unwrap();
    assert_eq!(status_of_ada(&router, "GET", "/publish").await, 200);
    store.remove_member("editors", "ada").await.unwrap();
    assert_eq!(status_of_ada(&router, "GET", "/publish").await, 403);
    assert_eq!(anonymous(&router, "GET", "/publish").await.status, 401);
    let boss = request("GET", "/publish", &[("authorization", "Token boss-token")]);
    assert_eq!(send(&router, boss).await.status, 200);
}

#[tokio::test]
async fn an_anonymous_caller_costs_no_query_and_a_silent_store_admits_nobody() {
    let (app, router) = router().await;
    let ada = account(&app, "ada").await;
    grant(&app, "blog.change_note", None).await;
    grant(&app, "blog.change_note", Some("1")).await;
    app.backend().set_down(true);
    for path in ["/notes", "/secret", "/open", "/publish", "/notes/1", "/secret/1", "/edit"] {
        assert_eq!(anonymous(&router, "PUT", path).await.status, 401, "{path}");
        let mut forced = request("PUT", path, &[]);
        force_authenticate(&mut forced, ada.clone());
        assert_eq!(refusal(&send(&router, forced).await), (503, "unavailable".to_owned()), "{path}");
    }
    assert_eq!(anonymous(&router, "GET", "/object").await.status, 401);
}

#[tokio::test]
async fn an_object_needs_a_grant_of_its_own() {
    let (app, router) = router().await;
    for path in ["/notes/1", "/secret/1"] {
        assert_eq!(status_of_ada(&router, "PATCH", path).await, 403, "nothing for the model");
    }
    grant(&app, "blog.change_note", None).await;
    grant(&app, "blog.view_note", None).await;
    assert_eq!(status_of_ada(&router, "GET", "/notes/1").await, 200, "reading is free");
    assert_eq!(refusal(&as_ada(&router, "PATCH", "/notes/1").await), (403, "permission_denied".to_owned()));
    for method in ["GET", "HEAD", "PATCH"] {
        assert_eq!(status_of_ada(&router, method, "/secret/1").await, 404, "{method}: it is hidden");
    }
    assert_eq!(refusal(&as_ada(&router, "PATCH", "/secret/1").await), (404, "not_found".to_owned()));
    grant(&app, "blog.view_note", Some("1")).await;
    assert_eq!(status_of_ada(&router, "GET", "/secret/1").await, 200);
    assert_eq!(status_of_ada(&router, "PATCH", "/secret/1").await, 403, "it may be seen");
    grant(&app, "blog.change_note", Some("1")).await;
    for path in ["/notes/1", "/secret/1"] {
        assert_eq!(status_of_ada(&router, "PATCH", path).await, 200, "{path}");
    }
    assert_eq!(status_of_ada(&router, "PATCH", "/secret/2").await, 404);
    assert_eq!(status_of_ada(&router, "DELETE", "/secret/1").await, 403, "nothing for the model");
}

#[tokio::test]
async fn a_permission_of_one_s_own_asks_the_store() {
    let (app, router) = router().await;
    let answer = as_ada(&router, "GET", "/edit").await;
    assert_eq!(refusal(&answer), (403, "no_editor".to_owned()));
    grant(&app, "blog.change_note", None).await;
    assert_eq!(status_of_ada(&router, "GET", "/edit").await, 200);
    assert_eq!(anonymous(&router, "GET", "/edit").await.status, 401);
}

#[tokio::test]
async fn a_model_that_was_never_checked_lets_nobody_in() {
    let app = app().await;
    let ada = account(&app, "ada").await;
    grant(&app, "blog.change_note", None).await;
    let (request, _) = request("PUT", "/", &[]).into_parts();
    let who = Identity::authenticated(ada, "Token");
    let access = who.access(&request, &app);
    for model in ["note", "Blog.note", "blog.note.", ""] {
        let error = ModelPermissions { model }.has_permission(&access).await.unwrap_err();
        assert_eq!(error.status(), 500, "{model}");
    }
    ModelPermissions { model: "blog.note" }.has_permission(&access).await.unwrap();
}
