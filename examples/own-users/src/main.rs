//! An application with its own user and token tables: `cargo run -p own-users`.
//!
//! It implements the runtime's store traits for them (`members.rs`, `logins.rs`), and its handlers receive a `Member`. The
//! admin pages at `/admin` administer its members.

mod logins;
mod members;
mod tables;

use std::net::SocketAddr;

use auth_runtime::permission::{Access, Anonymous, IsAuthenticated, Permission};
use auth_runtime::scheme::{Basic, Token};
use auth_runtime::{AllowAnonymous, AuthContext, AuthError, AuthState, Policy, Settings, authenticate, views};
use axum::Router;
use axum::routing::get;

use crate::tables::{Member, Tables};

/// The router state.
#[derive(Debug, Clone)]
struct App {
    context: AuthContext<Tables>,
}

impl AuthState for App {
    type Backend = Tables;
    type DefaultPolicy = Members;

    fn auth_context(&self) -> &AuthContext<Tables> {
        &self.context
    }
}

/// The meaning of `#[authenticate]` without arguments in this application.
#[derive(Debug, Policy)]
#[policy(chain(Token(keyword = "Bearer"), Basic(realm = "members")), permit(IsAuthenticated))]
struct Members;

/// A permission of the application, with its own message.
#[derive(Debug)]
struct HasPlan {
    plan: &'static str,
}

impl Permission<App, Member> for HasPlan {
    const ANONYMOUS: Anonymous = Anonymous::DENIED;

    async fn has_permission(&self, access: &Access<'_, App, Member>) -> Result<(), AuthError> {
        match access.identity.user() {
            Some(member) if member.plan == self.plan => Ok(()),
            _ => Err(AuthError::permission_denied()
                .with_detail(format!("This needs the plan {}.", self.plan))
                .with_code("plan_required")),
        }
    }
}

#[authenticate]
async fn me(#[user] me: Member) -> String {
    format!("{} has the plan {}\n", me.email, me.plan)
}

#[authenticate(state = App)]
#[permit(IsAuthenticated & HasPlan(plan = "gold"))]
async fn lounge() -> &'static str {
    "welcome to the lounge\n"
}

#[authenticate(state = App)]
#[permit(HasPlan(plan = "gold"))]
async fn cellar() -> &'static str {
    "welcome to the cellar\n"
}

/// Two members, both with the password `correct horse`. Ada is an employee: she may use the admin pages.
async fn app() -> Result<App, Box<dyn std::error::Error>> {
    let tables = Tables::default();
    let hasher = AuthContext::new(());
    for (number, name, plan, is_employee) in [(1, "ada", "gold", true), (2, "bob", "basic", false)] {
        let hash = hasher.passwords().hash("correct horse").await?;
        let email = format!("{name}@example.org");
        tables.add(Member { number, email, plan, is_banned: false, is_employee }, hash);
    }
    // Allows a browser to log in over plain HTTP.
    let settings = Settings::for_development();
    Ok(App { context: AuthContext::with_settings(tables, settings) })
}

fn router(app: App) -> Router {
    Router::new()
        .route("/me", get(me))
        .route("/lounge", get(lounge))
        .route("/cellar", get(cellar))
        .route("/api-token-auth/", views::obtain_token::<App, AllowAnonymous>())
        .nest("/admin", auth_admin::pages())
        .with_state(app)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8001").await?;
    println!("http://{}/admin as ada@example.org, with the password `correct horse`", listener.local_addr()?);
    println!("curl -i -u ada@example.org:'correct horse' http://{}/me", listener.local_addr()?);
    // With connect info, failed logins are counted by address.
    let service = router(app().await?).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use auth_runtime::testing::{Answer, Client};

    use super::*;

    async fn client() -> Client {
        Client::new(router(app().await.unwrap()))
    }

    async fn ask(path: &str, plan: &'static str) -> Answer {
        let client = client().await;
        client.force_authenticate(Member {
            number: 7,
            email: "x@example.org".into(),
            plan,
            is_banned: false,
            is_employee: false,
        });
        client.get(path).await
    }

    #[tokio::test]
    async fn only_members_with_a_plan_are_admitted() {
        assert_eq!(ask("/me", "basic").await.text(), "x@example.org has the plan basic\n");
        assert_eq!(ask("/lounge", "gold").await.status(), 200);
        let answer = ask("/cellar", "basic").await;
        assert_eq!((answer.status().as_u16(), answer.code().as_deref()), (403, Some("plan_required")));
        assert_eq!(answer.detail().as_deref(), Some("This needs the plan gold."));
        let answer = ask("/lounge", "basic").await;
        assert_eq!(answer.code().as_deref(), Some("permission_denied"), "a combination has no words of its own");
        assert_eq!(client().await.get("/lounge").await.status(), 401);
    }

    #[tokio::test]
    async fn endpoint_stores_tokens_in_the_own_table() {
        let client = client().await;
        let pair = [("username", "ada@example.org"), ("password", "correct horse")];
        let answer = client.post("/api-token-auth/").form(&pair).await;
        let token = answer.json::<std::collections::HashMap<String, String>>().remove("token").unwrap();
        client.set_header("authorization", &format!("Bearer {token}"));
        assert_eq!(client.get("/me").await.text(), "ada@example.org has the plan gold\n");
        client.forget();
        assert_eq!(client.get("/me").await.status(), 401);
    }

    #[tokio::test]
    async fn admin_pages_change_the_own_table() {
        let router = router(app().await.unwrap());
        let (ada, bob) = (Client::new(router.clone()), Client::new(router));
        let answer = ada.log_in("/admin/sign-in", "ada@example.org", "correct horse").await;
        assert_eq!(answer.status(), 303, "{answer:?}");
        let list = ada.get("/admin/users?search=BOB").await;
        assert!(list.text().contains("bob@example.org"), "{}", list.text());
        let created = ada.post("/admin/users/2/tokens").form(&[("name", "robot"), ("expires", "30")]).await;
        let created = created.text().into_owned();
        let (_, rest) = created.split_once("auth_").expect("the answer shows the token");
        let token = rest.split('<').next().unwrap_or_default();
        bob.set_header("authorization", &format!("Bearer auth_{token}"));
        assert_eq!(bob.get("/me").await.text(), "bob@example.org has the plan basic\n");
        assert_eq!(ada.post("/admin/users/2/disable").form(&[("", "")]).await.status(), 303);
        assert_eq!(bob.get("/me").await.status(), 401, "the token of a banned member has ended");
        assert_eq!(ada.get("/admin/users/3").await.status(), 404);
    }

    #[tokio::test]
    async fn only_employees_can_use_the_admin_pages() {
        let answer = client().await.log_in("/admin/sign-in", "bob@example.org", "correct horse").await;
        assert_eq!(answer.status(), 422);
    }
}
