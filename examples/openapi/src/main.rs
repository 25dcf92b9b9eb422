//! Serves the example on 127.0.0.1:8000.

use std::error::Error;
use std::net::SocketAddr;

use openapi::{ADA_PASSWORD, App, BOSS_PASSWORD, router};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:8000").await?;
    println!(
        "http://{}/ has the page; the accounts are ada (password {ADA_PASSWORD}) and boss (password {BOSS_PASSWORD}, staff)",
        listener.local_addr()?
    );
    // With connect info, failed logins are counted by address.
    let service = router(App::new().await?).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).await?;
    Ok(())
}
