//! Checks how often verifying a signed request may allocate: `cargo run --release -p signatures --bin allocations`, after
//! `signatures` was built.
//!
//! Allocations only, no time: the same everywhere, however busy the machine is.

use std::process::ExitCode;

use auth_runtime::store::KeyAlgorithm;
use harness::callgrind::count_all;
use signatures::{Kind, Scheme};

/// How many requests are counted.
const REQUESTS: usize = 200;

/// What the store of used nonces allocates now and then, as it grows, spread over the requests.
const GROWTH: f64 = 0.2;

/// How many allocations more than without authentication a request makes, where its body is one chunk. With a public key, most
/// of them are aws-lc's, which computes with it; those of ECDSA vary a little with the signature. The documentation of each
/// scheme says the numbers, too.
const MOST: [(Kind, f64); 11] = [
    (kind(Scheme::Hawk, GET), 4.0),
    (kind(Scheme::Hawk, POST), 11.0),
    (kind(Scheme::HawkBewit, GET), 6.0),
    (kind(Scheme::HttpSignature(KeyAlgorithm::HmacSha256), GET), 7.0),
    (kind(Scheme::HttpSignature(KeyAlgorithm::HmacSha256), POST), 14.0),
    (kind(Scheme::HttpSignature(KeyAlgorithm::Ed25519), GET), 8.0),
    (kind(Scheme::HttpSignature(KeyAlgorithm::EcdsaP256Sha256), GET), 39.0),
    (kind(Scheme::HttpSignature(KeyAlgorithm::EcdsaP384Sha384), GET), 39.0),
    (kind(Scheme::HttpSignature(KeyAlgorithm::RsaPssSha512), GET), 33.0),
    (kind(Scheme::CavageSignature(KeyAlgorithm::HmacSha256), GET), 5.0),
    (kind(Scheme::CavageSignature(KeyAlgorithm::HmacSha256), POST), 11.0),
];

const GET: usize = 0;
const POST: usize = 1 << 10;

const fn kind(scheme: Scheme, body: usize) -> Kind {
    Kind { scheme, body }
}

fn main() -> ExitCode {
    let program = std::env::current_exe().expect("this program").with_file_name("signatures");
    let folder = std::env::temp_dir().join(format!("signatures-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    // The handler without authentication does not look at what signs the request.
    let bare = |body: usize| kind(Scheme::Hawk, body).bare();
    let names = MOST.iter().map(|(kind, _)| kind.scheme()).chain([bare(GET), bare(POST)]);
    let costs = count_all(&program, &names.map(|name| (name, REQUESTS)).collect::<Vec<_>>(), &folder);
    drop(std::fs::remove_dir_all(&folder));
    let costs = match costs {
        Ok(costs) => costs,
        Err(fault) => {
            eprintln!("{fault}");
            return ExitCode::FAILURE;
        }
    };
    println!("{:56} {:>9} {:>7}", "allocations more than without authentication", "measured", "budget");
    let mut broken = 0;
    for (kind, most) in MOST {
        let of = |name: String| costs[&name].allocations;
        let (measured, most) = (of(kind.scheme()) - of(bare(kind.body)), most + GROWTH);
        // What is printed is what is compared.
        let is_kept = (measured * 100.0).round() <= (most * 100.0).round();
        broken += u32::from(!is_kept);
        println!("{:56} {measured:9.2} {most:7.2}{}", kind.scheme(), if is_kept { "" } else { "  BROKEN" });
    }
    println!("{broken} of {} budgets are broken", MOST.len());
    if broken == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
