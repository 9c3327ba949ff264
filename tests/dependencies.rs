//! What the deployed binaries link stays small. The transform: no AWS SDK, no TLS, no Arrow, no second generation of what
//! it has. The registrar: no AWS SDK, and one TLS.

use std::process::Command;

fn tree(package: &str) -> Vec<String> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--offline", "--package", package, "--edges", "normal", "--prefix", "none"])
        .output()
        .expect("cargo tree runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut crates: Vec<String> = String::from_utf8(output.stdout)
        .expect("text")
        .lines()
        .map(|line| line.split(' ').take(2).collect::<Vec<_>>().join(" "))
        .collect();
    crates.sort();
    crates.dedup();
    crates
}

#[test]
fn the_transform_links_no_aws_sdk_no_tls_and_no_arrow() {
    let forbidden = [
        "aws-",
        "rustls",
        "native-tls",
        "openssl",
        "ring ",
        "arrow",
        "parquet",
        "aws_lambda_events",
        "clap",
        "reqwest",
    ];
    let found: Vec<_> =
        tree("clickstream").into_iter().filter(|name| forbidden.iter().any(|start| name.starts_with(start))).collect();
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn the_transforms_tree_does_not_grow_unnoticed() {
    let tree = tree("clickstream");
    assert!(tree.len() <= 95, "{} crates: {tree:#?}", tree.len());
}

/// docs/decisions/0006: ours is the one that lambda_runtime links. When this fails, there is another one to follow.
#[test]
fn there_is_one_generation_of_base64() {
    let generations: Vec<_> = tree("clickstream").into_iter().filter(|name| name.starts_with("base64 ")).collect();
    assert_eq!(generations, ["base64 v0.22.1"]);
}

#[test]
fn the_registrar_links_no_aws_sdk_and_one_tls() {
    let tree = tree("clickstream-partitions");
    let forbidden =
        ["aws-sdk-", "aws-config", "aws-lc", "aws-smithy-runtime ", "hyper-rustls", "openssl", "native-tls"];
    let found: Vec<_> = tree.iter().filter(|name| forbidden.iter().any(|start| name.starts_with(start))).collect();
    assert!(found.is_empty(), "{found:?}");
    assert!(tree.len() <= 140, "{} crates: {tree:#?}", tree.len());
}
