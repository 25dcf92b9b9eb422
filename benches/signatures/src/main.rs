//! Measures this crate's subjects: see `harness`.

#[tokio::main(flavor = "current_thread")]
async fn main() {
    harness::main(signatures::subjects()).await;
}
