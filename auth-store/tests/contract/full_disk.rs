//! A disk that is full, and has space again.

use std::path::{Path, PathBuf};
use std::process::Command;

use auth_runtime::store::{AccountStore, LoginStore};
use auth_store::SqliteStore;

use crate::given::{cookie, has_login, make};

/// A disk of a few megabytes, in memory. It goes with the value.
struct Disk(PathBuf);

impl Disk {
    fn new() -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("full-disk-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let mount =
            Command::new("mount").args(["-t", "tmpfs", "-o", "size=4m", "tmpfs"]).arg(&folder).status().unwrap();
        assert!(mount.success(), "this test mounts a tmpfs, and must run as root as CI does");
        Self(folder)
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // What the store still has open is of no use to anybody.
        drop(Command::new("umount").arg("--lazy").arg(&self.0).status());
        drop(std::fs::remove_dir(&self.0));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writes_work_again_when_a_full_disk_has_space() {
    let disk = Disk::new();
    let store = SqliteStore::open(disk.0.join("auth.db")).await.unwrap();
    let ada = make(&store, "ada").await;
    store.insert_login(&ada, cookie("before")).await.unwrap().kept().unwrap();
    let ballast = disk.0.join("ballast");
    let filled = std::fs::write(&ballast, vec![0; 8 << 20]);
    assert!(filled.is_err(), "the disk is full");
    let attempts = |from: usize| {
        let attempts = (from..from + 24).map(|n| {
            let (store, ada) = (store.clone(), ada.clone());
            tokio::spawn(async move { store.insert_login(&ada, cookie(&format!("login-{n}"))).await })
        });
        attempts.collect::<Vec<_>>()
    };
    // The file and its log may have a few pages left. Afterwards all connections meet the full disk.
    let mut made = 0;
    loop {
        let mut failures = 0;
        for attempt in attempts(made) {
            failures += usize::from(attempt.await.unwrap().is_err());
        }
        made += 24;
        if failures == 24 {
            break;
        }
        assert!(made < 24_000, "the disk is full");
    }
    assert!(has_login(&store, "before").await, "reads go on");
    std::fs::remove_file(&ballast).unwrap();
    for attempt in attempts(made) {
        attempt.await.unwrap().unwrap().kept().unwrap();
    }
    assert!(store.create_account(&auth_runtime::store::NewAccount::new("bob")).await.unwrap().is_ok());
    let failed = format!("login-{}", made - 1);
    assert!(has_login(&store, "before").await && !has_login(&store, &failed).await);
    store.close().await;
}
