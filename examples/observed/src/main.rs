//! Shows what operators see: traces at the terminal and metrics for Prometheus. `cargo run -p observed`, then try the commands
//! that it prints.

use std::net::SocketAddr;

use auth_runtime::permission::{IsAuthenticated, IsStaff};
use auth_runtime::scheme::{Basic, Session};
use auth_runtime::store::NewAccount;
use auth_runtime::{Accounts, AllowAnonymous, AuthContext, Policy, Settings, authenticate, metrics, views};
use auth_store::{Account, MemoryStore};
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder};
use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::prelude::*;

type App = AuthContext<MemoryStore>;

#[derive(Debug, Policy)]
#[policy(chain(Basic(realm = "observed"), Session), permit(IsAuthenticated))]
struct Members;

#[authenticate(policy = Members)]
async fn me(#[user] me: Account) -> String {
    format!("{}\n", me.username)
}

#[authenticate(Basic(realm = "observed"))]
#[permit(IsStaff)]
async fn report() -> &'static str {
    "figures\n"
}

/// Serves the metrics to Prometheus. Here, the network restricts who may read them; a permission could do this as well.
async fn numbers(State(handle): State<PrometheusHandle>) -> String {
    handle.run_upkeep();
    handle.render()
}

/// Creates an application with an account `ada`, password `correct horse`.
async fn app() -> Result<App, Box<dyn std::error::Error>> {
    let app = AuthContext::with_settings(MemoryStore::new(), Settings::for_development());
    let hash = app.passwords().hash("correct horse").await?;
    Accounts::of(&app).create(&NewAccount::new("ada").with_password_hash(hash)).await??;
    Ok(app)
}

fn router(app: App, handle: PrometheusHandle) -> Router {
    Router::new()
        .route("/me", get(me))
        .route("/report", get(report))
        .nest("/auth", views::login_pages())
        .route("/api-token-auth/", views::obtain_token::<App, AllowAnonymous>())
        .with_state(app)
        .merge(Router::new().route("/metrics", get(numbers)).with_state(handle))
}

/// The buckets range from a look-up in memory to a password hash under load.
fn recorder() -> Result<PrometheusRecorder, BuildError> {
    let buckets = [0.000_1, 0.001, 0.005, 0.025, 0.1, 0.5, 2.5];
    let duration = Matcher::Full(metrics::DURATION.to_owned());
    Ok(PrometheusBuilder::new().set_buckets_for_metric(duration, &buckets)?.build_recorder())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Logs each span when it closes, with its outcome and duration.
    let terminal = tracing_subscriber::fmt::layer().with_span_events(FmtSpan::CLOSE);
    tracing_subscriber::registry().with(terminal).with(Targets::new().with_target("auth", Level::DEBUG)).init();

    let recorder = recorder()?;
    let handle = recorder.handle();
    ::metrics::set_global_recorder(recorder)?;
    metrics::describe();

    let listener = tokio::net::TcpListener::bind("127.0.0.1:8002").await?;
    let address = listener.local_addr()?;
    println!("curl -u ada:'correct horse' http://{address}/me\ncurl -u ada:wrong http://{address}/me");
    println!("curl http://{address}/metrics");
    // With connect info, failed logins are counted by address.
    let service = router(app().await?, handle).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use auth_runtime::testing::Client;

    use super::*;

    /// Returns the value of a line of the page.
    fn number(page: &str, of: &str) -> Option<f64> {
        page.lines().find_map(|line| line.strip_prefix(of)?.trim().parse().ok())
    }

    #[tokio::test]
    async fn metrics_count_requests_by_scheme_and_outcome_and_logins() {
        let recorder = recorder().unwrap();
        let handle = recorder.handle();
        let _guard = ::metrics::set_default_local_recorder(&recorder);
        metrics::describe();
        let app = app().await.unwrap();
        let client = Client::new(router(app.clone(), handle)).with_origin("http://testserver");
        assert_eq!(number(&client.get("/metrics").await.text(), "auth_requests_total"), None, "nothing happened yet");

        let basic = |pair| ("authorization", format!("Basic {pair}"));
        let (name, right) = basic("YWRhOmNvcnJlY3QgaG9yc2U=");
        assert_eq!(client.get("/me").header(name, &right).await.text(), "ada\n");
        assert_eq!(client.get("/me").header(name, &right).await.status(), 200);
        assert_eq!(client.get("/report").header(name, &right).await.status(), 403);
        let (_, wrong) = basic("YWRhOnNlY3JldA==");
        assert_eq!(client.get("/me").header(name, &wrong).await.status(), 401);
        assert_eq!(client.get("/me").await.status(), 401);
        client.log_in("/auth/login/", "ada", "guess").await;
        client.log_in("/auth/login/", "ada", "correct horse").await;
        assert_eq!(client.get("/me").await.text(), "ada\n");
        app.backend().set_down(true);
        assert_eq!(client.get("/me").header(name, &right).await.status(), 503);

        let page = client.get("/metrics").await.text().into_owned();
        for (scheme, outcome, wanted) in [
            ("Basic", "authenticated", 2.0),
            ("Basic", "denied", 1.0),
            ("Basic", "failed", 1.0),
            ("Basic", "unavailable", 1.0),
            ("Session", "authenticated", 1.0),
            ("none", "denied", 1.0),
        ] {
            let labels = format!("{{scheme=\"{scheme}\",outcome=\"{outcome}\"}}");
            assert_eq!(number(&page, &format!("auth_requests_total{labels}")), Some(wanted), "{labels} in\n{page}");
            assert_eq!(
                number(&page, &format!("auth_duration_seconds_count{labels}")),
                Some(wanted),
                "{labels} in\n{page}"
            );
        }
        assert_eq!(number(&page, "auth_events_total{event=\"logged_in\"}"), Some(1.0), "{page}");
        assert_eq!(number(&page, "auth_events_total{event=\"login_failed\"}"), Some(2.0), "{page}");
        assert_eq!(number(&page, "auth_events_total{event=\"credentials_refused\"}"), Some(1.0), "{page}");
        assert!(page.contains("# TYPE auth_duration_seconds histogram"), "{page}");
        for secret in ["ada", "correct horse", "guess", "YWRh"] {
            assert!(!page.contains(secret), "{secret} in\n{page}");
        }
    }
}
