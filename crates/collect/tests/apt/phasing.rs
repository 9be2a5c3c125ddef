//! Phased updates, decided for a machine id by apt itself.

use crate::lab::{Deb, Lab, deb, suite};
use model::wire::sections::Withheld;

const PERCENTAGES: [u8; 9] = [0, 1, 10, 30, 50, 70, 90, 99, 100];

fn packages(version: &str) -> Vec<Deb> {
    PERCENTAGES.iter().flat_map(|percent| (0..3).map(move |n| deb(&format!("p{percent}-{n}"), version))).collect()
}

/// 27 packages at nine percentages, with sources of their own names and of others.
fn phased(machine_id: &str) -> Lab {
    let lab = Lab::new();
    lab.install(&packages("1.0"));
    let mut updates = suite("jammy-updates").release("Origin", "Ubuntu");
    for percent in PERCENTAGES {
        for n in 0..3 {
            updates = updates.list_field(&format!("p{percent}-{n}"), &format!("Phased-Update-Percentage: {percent}"));
        }
    }
    let new: Vec<_> = PERCENTAGES
        .iter()
        .flat_map(|percent| (0..3).map(move |n| (percent, n)))
        .map(|(percent, n)| {
            deb(&format!("p{percent}-{n}"), "2.0").field("Source", &format!("source{n} (2.0ubuntu{percent})"))
        })
        .collect();
    lab.publish(&updates, &new);
    lab.sources("deb [trusted=yes] @ jammy-updates main\n").update();
    lab.write("root/etc/machine-id", &format!("{machine_id}\n"));
    lab
}

#[test]
fn each_machine_has_its_turn() {
    let mut withheld = std::collections::BTreeSet::new();
    for machine_id in
        ["0123456789abcdef0123456789abcdef", "3d1219c7c4c5404aaa1f6d2a48adfda4", "ffffffffffffffffffffffffffffffff"]
    {
        // `compare` holds every decision against apt's own.
        let compared = phased(machine_id).compare();
        assert_eq!(compared.updates.len(), 27);
        for update in &compared.updates {
            let percent: u8 = update.name[1..].split('-').next().unwrap().parse().unwrap();
            assert_eq!(update.phased_percent, (percent != 100).then_some(percent));
            if percent == 100 {
                assert_eq!(update.withheld, None);
            }
        }
        let names = compared.updates.iter().filter(|u| u.withheld == Some(Withheld::Phased)).map(|u| u.name.clone());
        withheld.insert(names.collect::<Vec<_>>());
    }
    assert_eq!(withheld.len(), 3, "three machines, three different answers");
}

#[test]
fn settings_decide_for_all() {
    let lab = phased("0123456789abcdef0123456789abcdef");
    let phased =
        |lab: &Lab| lab.compare().updates.iter().filter(|update| update.withheld == Some(Withheld::Phased)).count();
    assert!(phased(&lab) > 0);
    lab.conf("APT::Get::Never-Include-Phased-Updates \"true\";");
    assert_eq!(phased(&lab), 24);
    lab.conf("Update-Manager::Always-Include-Phased-Updates \"true\";");
    assert_eq!(phased(&lab), 0);
    lab.conf("APT::Get::Always-Include-Phased-Updates \"false\";\nAPT::Get::Never-Include-Phased-Updates \"false\";");
    lab.conf("APT::Machine-ID \"ffffffffffffffffffffffffffffffff\";");
    assert!(phased(&lab) > 0);
    lab.conf("#clear APT::Machine-ID;");
    std::fs::remove_file(lab.path("root/etc/machine-id")).unwrap();
    assert_eq!(phased(&lab), 0, "without a machine id it is everybody's turn");
}

#[test]
fn phasing_as_a_policy() {
    let lab = phased("0123456789abcdef0123456789abcdef");
    lab.conf("APT::Get::Phase-Policy \"true\";");
    let compared = lab.compare();
    assert!(compared.updates.len() < 27, "phased versions are no candidates then");
    assert!(compared.updates.iter().all(|update| update.withheld.is_none()));
}

#[test]
fn a_security_update_below_is_not_held_up() {
    let lab = Lab::new();
    lab.install(&[deb("demo", "1.0"), deb("plain", "1.0")]);
    lab.publish(&suite("jammy-security"), &[deb("demo", "1.5")]);
    let updates = suite("jammy-updates")
        .list_field("demo", "Phased-Update-Percentage: 0")
        .list_field("plain", "Phased-Update-Percentage: 0");
    lab.publish(&updates, &[deb("demo", "2.0"), deb("plain", "2.0")]);
    lab.sources("deb [trusted=yes] @ jammy-security main\ndeb [trusted=yes] @ jammy-updates main\n").update();
    lab.write("root/etc/machine-id", "0123456789abcdef0123456789abcdef\n");
    let compared = lab.compare();
    assert_eq!(compared.update("demo").unwrap().withheld, None);
    assert_eq!(compared.update("plain").unwrap().withheld, Some(Withheld::Phased));
}
