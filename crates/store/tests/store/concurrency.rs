//! Two servers on one record.

use crate::fixture::{later, now, store_test};
use crate::sample::{MACHINE, commit, debian, packages, write};
use model::wire::SectionName;
use std::collections::BTreeSet;
use store::Fate;

store_test! {
    /// Both send numbered reports of the same host at the same time. Whoever loses plans anew against
    /// what the winner wrote: intervals join without gap, and the log's numbers too.
    async fn the_loser_reads_again(fixture) {
        let other = fixture.another().await;
        commit(&fixture.store, write(&debian(MACHINE), 1, now())).await;
        let send = async |store: &store::Store, number: u64| {
            let mut collected = debian(MACHINE);
            collected.packages = Ok(packages(&[("bash", "1"), ("vim", &number.to_string())]));
            let at = later(i64::try_from(number).unwrap());
            store.reports_commit(vec![write(&collected, number, at)]).await.pop().unwrap().unwrap()
        };
        let mut applied = 1;
        for round in 0..15_u64 {
            let number = 2 + round * 2;
            let (a, b) = tokio::join!(send(&fixture.store, number), send(&other, number + 1));
            // The higher number is always taken; the lower one unless it came second.
            assert_eq!(b.fate, Fate::Applied);
            assert_ne!(a.fate, Fate::Duplicate);
            applied += 1 + u32::from(a.fate == Fate::Applied);
        }
        let host = fixture.store.host_list(0, 10).await.unwrap();
        assert_eq!(host.len(), 1);
        let state = fixture.store.host_get(host[0].id).await.unwrap().unwrap();
        assert_eq!((state.sequence, state.revision), (31, i64::from(applied)));
        let history = fixture.store.section_history(state.id, SectionName::Packages).await.unwrap();
        assert_eq!(history.len(), applied as usize);
        for pair in history.windows(2) {
            assert_eq!(pair[0].ended_at, Some(pair[1].observed_at));
        }
        assert_eq!(history.last().unwrap().ended_at, None);
        let seqs: Vec<i64> = fixture.store.change_list(0, 1000).await.unwrap().iter().map(|c| c.seq).collect();
        assert_eq!(seqs, (1..=i64::from(applied)).collect::<Vec<_>>());
        other.close().await;
    }
}

store_test! {
    async fn the_same_new_host_at_two_servers_is_one_host(fixture) {
        let other = fixture.another().await;
        for round in 1..=8_u32 {
            let host = debian(&format!("{round:032x}"));
            let (a, b) = tokio::join!(
                commit(&fixture.store, write(&host, 1, now())),
                other.reports_commit(vec![write(&host, 1, now())])
            );
            let b = b.into_iter().next().unwrap().unwrap();
            assert_eq!(a.host_id, b.host_id);
            assert!(matches!((a.fate, b.fate), (Fate::Applied, Fate::Duplicate) | (Fate::Duplicate, Fate::Applied)));
            assert_eq!(a.seq, b.seq);
        }
        assert_eq!(fixture.count("hosts").await, 8);
        assert_eq!(fixture.count("packages").await, 4);
        other.close().await;
    }
}

store_test! {
    async fn groups_of_two_servers_do_not_lock_each_other_out(fixture) {
        let other = fixture.another().await;
        let group = |first: u32, number: u64| {
            let hosts = (first..first + 15).map(move |n| {
                let mut host = debian(&format!("{n:032x}"));
                host.packages = Ok(packages(&[("bash", &format!("{n}.{number}")), ("vim", "1")]));
                write(&host, number, later(i64::try_from(number).unwrap()))
            });
            hosts.collect::<Vec<_>>()
        };
        for number in 1..=4_u64 {
            // Overlapping sets, the second in the opposite order.
            let mut reversed = group(8, number);
            reversed.reverse();
            let (a, b) = tokio::join!(fixture.store.reports_commit(group(1, number)), other.reports_commit(reversed));
            for outcome in a.into_iter().chain(b) {
                outcome.unwrap();
            }
        }
        assert_eq!(fixture.count("hosts").await, 22);
        assert_eq!(fixture.count("hosts WHERE sequence = 4 AND revision = 4").await, 22);
        let seqs: BTreeSet<i64> = fixture.store.change_list(0, 1000).await.unwrap().iter().map(|c| c.seq).collect();
        assert_eq!(seqs, (1..=88).collect());
        other.close().await;
    }
}
