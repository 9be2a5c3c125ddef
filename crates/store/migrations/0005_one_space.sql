-- Agent tokens have one name space, 1: a machine is the same host through whichever of them it reports.
-- Until now each had a space of its own. Of the hosts that a machine got that way the one heard of
-- last goes on; another stays as it is, under minus its id, where no token leads.
UPDATE agent_tokens SET namespace = 1;
UPDATE hosts SET namespace = -id WHERE namespace <> 0;
UPDATE hosts SET namespace = 1 WHERE namespace <> 0 AND NOT EXISTS (
    SELECT 1 FROM hosts newer
    WHERE newer.machine_id = hosts.machine_id AND newer.namespace <> 0
        AND (newer.last_seen_at > hosts.last_seen_at OR (newer.last_seen_at = hosts.last_seen_at AND newer.id > hosts.id)));
