//! The commands of the README.

use std::path::{MAIN_SEPARATOR_STR, Path};
use std::process::Command;

use crate::django::sqlite;
use crate::support::{Bench, user_of};

#[tokio::test]
async fn the_commands_of_the_readme_work() {
    let bench = Bench::new("readme");
    sqlite(&bench, "").await;
    let readme = include_str!("../../README.md");
    let blocks: String = readme.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert!(blocks.matches("auth ").count() > 5, "{blocks}");
    let program = Path::new(env!("CARGO_BIN_EXE_auth")).parent().unwrap().to_str().unwrap();
    let script = format!("set -eux\n{blocks}\necho \"token=$TOKEN\"\n");
    let path = format!("{}:{}", program.trim_end_matches(MAIN_SEPARATOR_STR), std::env::var("PATH").unwrap());
    let output = Command::new("bash")
        .args(["-c", &script])
        .current_dir(&bench.folder)
        .env("PATH", path)
        .env_remove("AUTH_REDIS")
        .env_remove("AUTH_APP")
        .env_remove("AUTH_ROOT_SECRET")
        .env_remove("AUTH_SEALING_KEY")
        .output()
        .unwrap();
    let (out, err) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert!(output.status.success(), "{out}\n{err}");
    let token = out.lines().find_map(|line| line.strip_prefix("token=")).unwrap();
    assert_eq!(user_of(&bench.store().await, token).await.as_deref(), Some("ada"));
}
