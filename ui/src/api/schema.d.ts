/**
 * Generated from api/openapi.json by `npm run gen`. Do not edit.
 * openapi.json sha256: 3dab81abc042a65a2d2c9206268b61d09d543ba36911b9a90a41642d09d15f57
 */

export interface paths {
    "/api/agent/v1/checkin": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Says what is there, by hashes; hears what to send. */
        post: operations["checkin"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/agent/v1/report": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Takes a report: answers when it is durable and counted, with `Mendwatch-Seq`. */
        post: operations["report"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether the server lives (it answered) and is ready (200) or not (503): while it starts, while the
         *     disk is full, while the database can't be reached. Needs no session.
         */
        get: operations["health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This specification, as the server that answers has it. */
        get: operations["openapi"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/agent-tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists agents' tokens, without their secrets. */
        get: operations["token_list"];
        put?: never;
        /** Makes a token. */
        post: operations["token_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/agent-tokens/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Ends a token: agents that use it are refused from now on. */
        delete: operations["token_revoke"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cves/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One CVE on the fleet: where it is open, in what, and by which data. */
        get: operations["cve_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cves/{id}/record": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What is known of a CVE itself, whatever package it is in: texts, scores, known exploitation. Each statement
         *     names the feed that makes it; all are empty where no feed in force has it. Nothing of it decides whether a
         *     package is affected.
         */
        get: operations["cve_record"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/evaluate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Judges a list of packages: findings out, nothing is stored. With `Accept: application/x-ndjson` the
         *     answer is a finding a line, then `{"summary": {...}}` with everything else, `findings` being their
         *     number: of any length, and whole only if that line came. As one object it has at most 100,000
         *     findings.
         */
        post: operations["evaluate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A stream of changes: `hello` with the present number, then `change` each time. A client that
         *     falls behind gets a `change` without hosts and reads afresh.
         */
        get: operations["events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/explain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Explains what is said of packages: sentences out, nothing is stored. With `Accept:
         *     application/x-ndjson` the answer is one explanation a line, then `{"explained": N}` with their number: of
         *     any length, and whole only if that line came. As one object it considers at most 20,000 facts.
         */
        post: operations["explain"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/feeds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the feeds of the catalogue, each with the documents that are in force and who signed them. */
        get: operations["feed_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/feeds/sync": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Fetches feeds now; answers when that is done. A feed that fails does not keep others from coming,
         *     and what was in force of it stays.
         */
        post: operations["feed_sync"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/feeds/{id}/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Takes a document that was fetched by other means (no network, a mirror): the body is the file as it is, compressed or not. */
        post: operations["feed_import"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/findings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists CVEs that are open somewhere. `sort` is one of `severity` (the default, descending), `hosts`,
         *     `cve`; equal rows stand by severity (worst first), hosts (most first), CVE.
         */
        get: operations["finding_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/hosts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists hosts. `q` is the query language of `docs/query-language.md`; `sort` is one of `hostname`,
         *     `security_updates` (the default, descending), `other_updates`, `withheld_updates`, `open_findings`,
         *     `last_seen_at`, `packages`.
         */
        get: operations["host_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/hosts/own/scan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Looks at the server's own host now. */
        post: operations["own_host_scan"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/hosts/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One host. */
        get: operations["host_get"];
        put?: never;
        post?: never;
        /**
         * Removes a host: it no longer counts, everywhere at once. Its facts and history stay on record, and
         *     its next report makes it count again under the same number. Administrators only.
         */
        delete: operations["host_remove"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/hosts/{id}/findings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists what is open on a host; with `state=not_affected` or `state=not_assessed`, what was judged and
         *     found to be so. `q` is words that occur in the CVE's id, the package's name or the advisory's id;
         *     `sort` is one of `state` (the default: the most pressing first), `severity`, `cve`, `package`; equal
         *     rows stand by state, severity (worst first), CVE, package.
         */
        get: operations["host_findings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/hosts/{id}/findings/{cve}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Explains what is said of a CVE on a host, positive or negative. */
        get: operations["host_explain"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/hosts/{id}/packages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists what a host has installed. `q` is words that must all occur in the name; `sort` is one of `name`
         *     (the default), `findings`; equal rows stand by name, architecture, version.
         */
        get: operations["host_packages"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/hosts/{id}/updates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists what waits on a host. `q` is words that must all occur in the name; `sort` is one of `security`
         *     (the default, descending: security updates first), `name`; equal rows stand by security first, name,
         *     architecture.
         */
        get: operations["host_updates"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/overview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The fleet at a glance. */
        get: operations["overview"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/packages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists distinct packages. `q` is words that must all occur in the name; `sort` is one of `hosts` (the
         *     default, descending), `findings`, `name`; equal rows stand by hosts (most first), name, version.
         */
        get: operations["package_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/query": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Says which hosts a query keeps; with `explain=true` also what it was read as, and what each part keeps and
         *     costs. The hosts and their pages are those of `/api/v1/hosts?q=`.
         */
        get: operations["query"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/query/complete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Says what may stand at a place of a query that is being typed: fields, and values that hosts have. */
        get: operations["query_complete"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether somebody is signed in, and who. */
        get: operations["session_get"];
        put?: never;
        /** Signs in. */
        post: operations["session_create"];
        /** Signs out. */
        delete: operations["session_delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/setup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Uses the one-time set-up link: makes the first administrator and signs in. */
        post: operations["setup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/updates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists updates over the fleet. `sort` is one of `security` (the default, descending: security updates
         *     first), `hosts`, `name`; equal rows stand by security first, hosts (most first), name.
         */
        get: operations["update_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description The program that reports. */
        Agent: {
            /** @description Its name. */
            name: string;
            /** @description Its version. */
            version: string;
        };
        /** @description How much of what is installed could be judged. */
        AssessmentCounts: {
            /**
             * Format: int64
             * @description Those that a feed in force speaks for.
             */
            assessed: number;
            /**
             * Format: int64
             * @description The others.
             */
            not_assessed: number;
            /**
             * Format: int64
             * @description Installed packages, host by host.
             */
            packages: number;
        };
        /**
         * @description What brought a change about.
         * @enum {string}
         */
        Cause: "report" | "feed" | "time" | "decision";
        /** @description One change. */
        ChangeEvent: {
            /** @description What brought it about. */
            cause: components["schemas"]["Cause"];
            /** @description The hosts it concerns, up to 100; null when there are more. */
            hosts?: number[] | null;
            /**
             * Format: int64
             * @description Its number.
             */
            seq: number;
        };
        /** @description The answer to a check-in. */
        CheckInAnswer: {
            /** @description `known`, `send` or `report_now`. */
            answer: string;
            /**
             * Format: int32
             * @description Seconds until the next check-in, where the agent has no interval of its own.
             */
            interval_seconds: number;
            /**
             * Format: int64
             * @description The number that the host's next report is to carry at least.
             */
            next_sequence: number;
            /** @description The sections wanted; empty with `known`. */
            sections: string[];
        };
        /** @description A CVE that an update closes. */
        ClosedCve: {
            /** @description The CVE. */
            cve: string;
            /** @description The vendor's severity. */
            severity: string;
        };
        /** @description Hosts by colour. */
        ColourCounts: {
            /**
             * Format: int64
             * @description Nothing pending.
             */
            green: number;
            /**
             * Format: int64
             * @description Unknown.
             */
            grey: number;
            /**
             * Format: int64
             * @description Security updates pending.
             */
            orange: number;
            /**
             * Format: int64
             * @description A critical finding with a fix at hand.
             */
            red: number;
            /**
             * Format: int64
             * @description Only other than security updates pending.
             */
            yellow: number;
        };
        /** @description A number of hosts or findings under a value. */
        Count: {
            /**
             * Format: int64
             * @description How many.
             */
            count: number;
            /** @description The value. */
            value: string;
        };
        /** @description Name and password. */
        Credentials: {
            /** @description Sign-in name. */
            name: string;
            /** @description Password. */
            password: string;
        };
        /** @description When a feed says that a CVE was published and changed. */
        CveDates: {
            /** @description The feed that says so. */
            feed: string;
            /**
             * Format: date-time
             * @description When it was published.
             */
            published?: string | null;
            /**
             * Format: date-time
             * @description When it was last changed.
             */
            updated?: string | null;
        };
        /** @description An exploit prediction score. */
        CveEpss: {
            /**
             * Format: date
             * @description The day of the scores.
             */
            date: string;
            /** @description The feed that has it. */
            feed: string;
            /**
             * Format: double
             * @description Share of all scored CVEs with the same or a lower score, 0.0 to 1.0.
             */
            percentile: number;
            /**
             * Format: double
             * @description Chance of exploitation within 30 days, 0.0 to 1.0.
             */
            score: number;
        };
        /** @description An entry of a catalogue of known exploited vulnerabilities. */
        CveExploited: {
            /**
             * Format: date
             * @description The day on which it was added.
             */
            added: string;
            /**
             * Format: date
             * @description The day by which United States federal agencies have to act.
             */
            due?: string | null;
            /** @description The feed that has it. */
            feed: string;
            /** @description Whether it is known to be used by ransomware. */
            ransomware: boolean;
        };
        /** @description One CVE on the fleet. */
        CveOnFleet: {
            /** @description Its id as the data writes it; an advisory's where it names no CVE. */
            cve: string;
            finding?: components["schemas"]["FleetFinding"] | null;
            /** @description The hosts on which it is open: most pressing state first, then worst severity, then by name. */
            hosts: components["schemas"]["Page_CveHost"];
            /** @description Platforms of the fleet whose data in force names it, whether it is open there or not. */
            named_for: string[];
            /** @description All hosts on which it is open by platform, most hosts first. */
            platforms: components["schemas"]["Count"][];
            /** @description What the vendors say of it where it is open, each statement once; at most 10. */
            statements: components["schemas"]["CveStatement"][];
        };
        /** @description What is known of a CVE itself. Each statement names its feed; several feeds may say different things. */
        CveRecordRow: {
            /**
             * @description The feeds in force that describe CVEs, whether or not they have this one; without any, nothing could be
             *     known.
             */
            asked: string[];
            /** @description When it was published and changed. */
            dates: components["schemas"]["CveDates"][];
            /** @description Descriptions, at most 2,000 characters each. */
            descriptions: components["schemas"]["CveText"][];
            /** @description Exploit prediction scores. */
            epss: components["schemas"]["CveEpss"][];
            /** @description That it is known to be exploited; empty where no catalogue in force has it. */
            exploited: components["schemas"]["CveExploited"][];
            /** @description The CVE. */
            id: string;
            /** @description Links, each once. */
            references: string[];
            /** @description Feeds by which its numbering authority has rejected it: it names no vulnerability. */
            rejected: string[];
            /** @description CVSS base scores, newest metric first, then the highest. */
            scores: components["schemas"]["CveScore"][];
            /** @description Titles. */
            titles: components["schemas"]["CveText"][];
            /** @description Kinds of weakness. */
            weaknesses: components["schemas"]["CveWeakness"][];
        };
        /** @description A CVSS base score. */
        CveScore: {
            /** @description The feed that has it. */
            feed: string;
            /**
             * @description The word for it: `none`, `low`, `medium`, `high`, `critical` (CVSS 3.0 and later), of version 2.0 `low`, `medium`, `high`
             *     as NVD rates it.
             */
            rating: string;
            /**
             * Format: double
             * @description The base score, 0.0 to 10.0.
             */
            score: number;
            /** @description Who scored it: `nvd@nist.gov`, `CISA-ADP`, a numbering authority's short name. */
            source: string;
            /** @description The vector that it was computed from. */
            vector: string;
            /** @description Version of the metric: `2.0`, `3.0`, `3.1`, `4.0`. */
            version: string;
        };
        /** @description What a vendor says of a CVE for a platform. */
        CveStatement: {
            /** @description Advisory that labels it, empty where none does. */
            advisory: string;
            /** @description Id of the feed that decided. */
            feed: string;
            /** @description The platform. */
            platform: string;
            /** @description The vendor's own words, may be empty. */
            words: string;
        };
        /** @description A text about a CVE. */
        CveText: {
            /** @description The feed that has it. */
            feed: string;
            /** @description The text, on one line. */
            text: string;
        };
        /** @description A kind of weakness. */
        CveWeakness: {
            /** @description The feed that has it. */
            feed: string;
            /** @description Its number in the Common Weakness Enumeration: `CWE-787`. */
            id: string;
        };
        /** @description A file system. */
        DiskRow: {
            /**
             * Format: int64
             * @description What an ordinary user may still write.
             */
            available_bytes: number;
            /** @description Where it is mounted. */
            mount: string;
            /**
             * Format: int64
             * @description Its size.
             */
            size_bytes: number;
            /**
             * Format: int64
             * @description What is in use, where its agent says it. `df` calls `used / (used + available)` the use; what is
             *     reserved for the administrator is neither.
             */
            used_bytes?: number | null;
        };
        /** @description What is to be judged. */
        EvaluateAsked: {
            /** @description What a verdict depends on besides the packages; fields as in `mendwatch evaluate`. */
            host?: Record<string, never>;
            /**
             * @description Packages: `name` and `version`, and where they are known `arch`, `source`, `source_version`,
             *     `module`, `vendor`, `origin`.
             */
            packages: Record<string, never>[];
            /** @description Distribution and release: `debian:12`. */
            platform: string;
        };
        /** @description The verdicts. */
        Evaluated: {
            /** @description Those that a feed in force speaks for. */
            assessed: number;
            /** @description Feeds that have a say about the platform. */
            feeds: string[];
            /** @description Open findings. */
            findings: components["schemas"]["FindingRow"][];
            /** @description The others, by reason. */
            not_assessed: components["schemas"]["NotAssessedGroup"][];
            /** @description Packages judged, each once. */
            packages: number;
        };
        /** @description What is to be explained. */
        ExplainAsked: {
            /** @description Only this CVE or advisory. */
            cve?: string | null;
            /** @description As in evaluate. */
            host?: Record<string, never>;
            /** @description Only packages of this name. */
            package?: string | null;
            /** @description As in evaluate. */
            packages: Record<string, never>[];
            /** @description Distribution and release. */
            platform: string;
        };
        /** @description Explanations of verdicts. */
        Explanations: {
            /** @description One a package and role. */
            items: Record<string, never>[];
        };
        /** @description A document of a feed that is in force. */
        FeedDocumentRow: {
            /**
             * Format: date-time
             * @description The vendor's date of it.
             */
            as_of?: string | null;
            /**
             * Format: int64
             * @description Its size, decompressed, in bytes.
             */
            bytes?: number | null;
            /**
             * Format: date-time
             * @description When the vendor was last asked for it, or the file was last brought.
             */
            checked_at?: string | null;
            /**
             * Format: date-time
             * @description When this copy was fetched or brought.
             */
            fetched_at?: string | null;
            /** @description Its name within the feed: `list`, `9/AppStream`; of an imported file the file's. */
            name: string;
            /**
             * Format: int64
             * @description Records understood.
             */
            records: number;
            /** @description SHA-256 of it, decompressed. */
            sha256?: string | null;
            /**
             * @description Who signed it, as far as that was checked when it was taken: `verified` (by `signed_by`, a key of the keyring),
             *     `unknown_key` (by one that was not at hand), `not_signed` (the vendor publishes no signature of it),
             *     `not_checked` (no keyring, not asked for, or a file that was brought without its signature). What had a bad
             *     signature was refused, and is not here.
             */
            signature: string;
            /**
             * Format: date-time
             * @description Of a `verified` one: when it was made, as it says itself.
             */
            signed_at?: string | null;
            /** @description Fingerprint of the primary key; of an unknown key its fingerprint or id. */
            signed_by?: string | null;
            /**
             * Format: int64
             * @description Records that could not be read.
             */
            skipped: number;
            /** @description Where it comes from; `file:NAME` for an imported one. */
            url: string;
        };
        /** @description A feed of the catalogue and its state. */
        FeedRow: {
            /**
             * Format: date-time
             * @description Date of the data in force: the vendor's, else that of the fetch.
             */
            as_of?: string | null;
            /**
             * Format: int64
             * @description How many documents are in force; as the two fields behind it in the list of feeds only.
             */
            document_count?: number;
            /** @description The documents by name, the first 100. */
            documents?: components["schemas"]["FeedDocumentRow"][];
            /**
             * @description Why the last fetch failed; what was in force before it stays. Files that were refused are told to
             *     who brought them, and not noted here.
             */
            error?: string | null;
            /**
             * Format: date-time
             * @description When the vendor was last asked, or a file was last brought.
             */
            fetched_at?: string | null;
            /** @description Its id: `debian-tracker`. */
            id: string;
            /**
             * Format: int64
             * @description Of them, those that would have had something to say: what they name is not assessed.
             */
            lost?: number;
            /**
             * @description Whether some platform of the fleet needs it: it decides there, or names advisories. Others say the same in
             *     another format, or speak for other systems. Feeds of CVE records are needed by no platform.
             */
            needed?: boolean;
            /** @description Distributions it speaks for. */
            platforms: string[];
            /**
             * Format: int64
             * @description Advisories, or records of CVEs, in force.
             */
            records: number;
            /** @description SHA-256 of the document in force. */
            sha256?: string | null;
            /** @description How many of them have which signature, the most first; the words are those of a document. */
            signatures?: components["schemas"]["Count"][];
            /**
             * Format: int64
             * @description Records that could not be read.
             */
            skipped: number;
            /** @description Platforms of the fleet whose packages it has a say about. */
            speaks_for?: string[];
            /** @description `in_force`, `too_old` (it still says what is affected, no longer what is not) or `never`. */
            state: string;
            /** @description Its name for people. */
            title: string;
            /** @description Where it is fetched from. */
            url: string;
        };
        /** @description The feeds. */
        Feeds: {
            /** @description One row a feed. */
            items: components["schemas"]["FeedRow"][];
            /**
             * Format: int64
             * @description How many.
             */
            total: number;
        };
        /** @description Open findings, each (host, CVE) counted once. */
        FindingCounts: {
            /** @description By severity. */
            by_severity: components["schemas"]["SeverityCounts"];
            /** @description By state. */
            by_state: components["schemas"]["StateCounts"];
            /**
             * Format: int64
             * @description Hosts with one or more.
             */
            hosts: number;
            /**
             * Format: int64
             * @description All.
             */
            open: number;
        };
        /** @description One finding: a CVE that a package of a host has, had, or does not have. */
        FindingRow: {
            /** @description Advisory that labels it, empty where none does. */
            advisory: string;
            /** @description Its architecture. */
            arch: string;
            /** @description The CVE, or the advisory's id where it names none. */
            cve: string;
            /** @description Id of the feed that decided, empty where none speaks. */
            feed: string;
            /** @description First version that is not affected, empty where there is none. */
            fixed_version: string;
            /** @description Name of the binary package. */
            package: string;
            /** @description `installed`, `running_kernel`, `next_kernel`, `resident`. */
            role: string;
            /** @description The vendor's severity: `critical`, `high`, `medium`, `low`, `negligible`, `unknown`. */
            severity: string;
            /** @description The state, one of `docs/matching.md`. */
            state: string;
            /** @description Its installed version. */
            version: string;
            /** @description The vendor's own words or the reason, may be empty. */
            words: string;
        };
        /** @description How much of the fleet could be judged. */
        FleetAssessment: components["schemas"]["AssessmentCounts"] & {
            /**
             * Format: int64
             * @description Hosts without a single assessed package.
             */
            hosts_not_assessed: number;
        };
        /** @description One CVE that is open somewhere. */
        FleetFinding: {
            /** @description The CVE, or the advisory's id where it names none. */
            cve: string;
            /** @description A catalogue of vulnerabilities known to be exploited, in force, has it. */
            exploited: boolean;
            /**
             * Format: int64
             * @description How many versions there are.
             */
            fixed_version_count: number;
            /** @description First versions that are not affected, sorted as text; the first 10. */
            fixed_versions: string[];
            /**
             * Format: int64
             * @description Hosts on which it is open.
             */
            hosts: number;
            /**
             * Format: int64
             * @description How many packages carry it.
             */
            package_count: number;
            /** @description Names of packages that carry it, sorted; the first 10. */
            packages: string[];
            /** @description The worst severity among its hosts. */
            severity: string;
            /** @description The most pressing state that any host has. */
            state: string;
            /** @description Hosts by state; they add up to `hosts`. */
            states: components["schemas"]["StateCounts"];
        };
        /** @description One update, wherever it is pending. */
        FleetUpdate: {
            /** @description The version that would be installed. */
            candidate: string;
            /**
             * Format: int64
             * @description Hosts on which it is pending, withheld or not.
             */
            hosts: number;
            /** @description Name of the package. */
            name: string;
            /** @description Platform of the hosts. */
            platform: string;
            /** @description Whether it is a security update. */
            security: boolean;
            /** @description The suite within the repository. */
            suite: string;
        };
        /** @description Pending updates, summed over hosts. */
        FleetUpdateCounts: {
            /**
             * Format: int64
             * @description Hosts with any update.
             */
            hosts_with_any: number;
            /**
             * Format: int64
             * @description Hosts with a security update.
             */
            hosts_with_security: number;
            /**
             * Format: int64
             * @description Updates that are neither security updates nor withheld.
             */
            other: number;
            /**
             * Format: int64
             * @description Security updates, withheld ones too.
             */
            security: number;
            /**
             * Format: int64
             * @description Updates that the manager holds, phases or keeps back.
             */
            withheld: number;
        };
        /** @description The state of the server. */
        Health: {
            /** @description `sqlite` or `postgres`. */
            engine: string;
            /** @description It answers. */
            live: boolean;
            /** @description The index is built, and the record can be read and written. */
            ready: boolean;
            /** @description Why it is not ready. */
            reason?: string | null;
            /**
             * Format: int64
             * @description The latest change in the index.
             */
            seq: number;
            /** @description Version of the server. */
            version: string;
        };
        /** @description What of a host could be judged. */
        HostAssessment: components["schemas"]["AssessmentCounts"] & {
            /** @description Why the others could not, most packages first. */
            reasons: components["schemas"]["NotAssessed"][];
        };
        /** @description Hosts by freshness and colour. */
        HostCounts: {
            /** @description By colour. */
            colours: components["schemas"]["ColourCounts"];
            /**
             * Format: int64
             * @description Heard of within twice their interval.
             */
            fresh: number;
            /**
             * Format: int64
             * @description Within a day.
             */
            late: number;
            /**
             * Format: int64
             * @description Longer ago.
             */
            lost: number;
            /**
             * Format: int64
             * @description Within a week.
             */
            stale: number;
            /**
             * Format: int64
             * @description All.
             */
            total: number;
        };
        /** @description Everything that the head and the summary of a host's page show. */
        HostDetail: components["schemas"]["HostRow"] & {
            /** @description The program that reports. */
            agent: components["schemas"]["Agent"];
            /** @description Native architecture. */
            arch: string;
            /** @description What could be judged. */
            assessment: components["schemas"]["HostAssessment"];
            /**
             * Format: date-time
             * @description When it was booted.
             */
            boot_time?: string | null;
            /**
             * Format: int32
             * @description Logical processors.
             */
            cpu_count?: number | null;
            /** @description Model of the first processor. */
            cpu_model?: string | null;
            /** @description File systems. */
            disks: components["schemas"]["DiskRow"][];
            /** @description Open findings. */
            findings: components["schemas"]["HostFindingCounts"];
            /**
             * Format: date-time
             * @description When it was first heard of.
             */
            first_seen_at: string;
            /** @description Fully qualified name, where it has one. */
            fqdn?: string | null;
            /** @description Addresses. */
            ip_addresses: string[];
            /** @description Kernels. */
            kernel: components["schemas"]["Kernels"];
            /**
             * Format: date-time
             * @description When its package lists were last fetched.
             */
            lists_at?: string | null;
            /** @description Load over 1, 5, 15 minutes, at the last message. */
            load?: number[] | null;
            /** @description systemd's machine id. */
            machine_id: string;
            /**
             * Format: int64
             * @description Memory that programs could have, at the last message.
             */
            memory_available_bytes?: number | null;
            /**
             * Format: int64
             * @description Total memory.
             */
            memory_bytes?: number | null;
            /** @description Records that were left out of them; the first 100. */
            odd: components["schemas"]["OddRecord"][];
            /** @description `dpkg`, `rpm` ... */
            package_manager: string;
            /**
             * @description Names and boots under which it was heard within a week, that of now last: more than one machine
             *     seems to share its machine id. Empty unless `not_known` has `possible_clones`.
             */
            possible_clones: components["schemas"]["SpeakerRow"][];
            /** @description Why it must be rebooted. */
            reboot_reasons: string[];
            /** @description Hosts that do not count since this one stands for the same machine; their history is on record. */
            replaces: number[];
            /** @description The sections of its reports. */
            sections: components["schemas"]["SectionRow"][];
            /** @description One sentence that says what matters. */
            summary: string;
            /** @description Pending updates. */
            updates: components["schemas"]["UpdateCounts"];
            /**
             * Format: int64
             * @description Seconds since boot, at the last message.
             */
            uptime_seconds?: number | null;
            /** @description `kvm`, `lxc` ...; `none` on bare metal. */
            virtualization?: string | null;
        };
        /** @description The whole reasoning behind a verdict. */
        HostExplanation: {
            /**
             * @description The reasoning in sentences, as `mendwatch explain` prints it: of the first 20 packages, those for
             *     which it is open before others.
             */
            explanation: string[];
            /**
             * Format: int64
             * @description How many packages there are to explain, each counted once in each role.
             */
            explanation_count: number;
            /**
             * Format: int64
             * @description How many open findings there are.
             */
            finding_count: number;
            /** @description The open findings it is about, the first 100. */
            findings: components["schemas"]["FindingRow"][];
        };
        /** @description How the hosts of a result spread; counts are over the whole result, not the page. */
        HostFacets: {
            /** @description By colour. */
            colour: components["schemas"]["Count"][];
            /** @description By freshness. */
            freshness: components["schemas"]["Count"][];
            /** @description By platform. */
            platform: components["schemas"]["Count"][];
        };
        /** @description One finding of a host. */
        HostFinding: components["schemas"]["FindingRow"] & {
            /** @description A catalogue of vulnerabilities known to be exploited, in force, has its CVE. */
            exploited: boolean;
            /**
             * @description Of state `fix_available`: whether a pending update of the host, withheld or not, brings the fix. False: the vendor
             *     has fixed it, and the host's own package sources do not offer the fix, as of its lists. Null where that can't be
             *     told (no updates known, a kernel, versions that can't be compared), and in other states.
             */
            offered?: boolean | null;
        };
        /** @description Open findings of one host. */
        HostFindingCounts: {
            /** @description By severity. */
            by_severity: components["schemas"]["SeverityCounts"];
            /** @description By state. */
            by_state: components["schemas"]["StateCounts"];
            /**
             * Format: int64
             * @description CVEs that are open.
             */
            open: number;
        };
        /** @description One page of a host's findings. */
        HostFindingPage: {
            /** @description The rows. */
            items: components["schemas"]["HostFinding"][];
            /** @description Pass it as `cursor` for the next page; absent on the last. */
            next_cursor?: string | null;
            not_assessed?: components["schemas"]["NotAssessed"] | null;
            /**
             * Format: int64
             * @description The change that the answer holds.
             */
            seq: number;
            /**
             * Format: int64
             * @description How many rows there are in all.
             */
            total: number;
        };
        /** @description One installed package. */
        HostPackage: {
            /** @description Architecture. */
            arch: string;
            /** @description Whether a feed in force speaks for it. */
            assessed: boolean;
            /** @description Installed as a dependency. */
            auto: boolean;
            /** @description The administrator keeps this version. */
            held: boolean;
            /** @description Name. */
            name: string;
            /**
             * Format: int32
             * @description CVEs that are open for it.
             */
            open_findings: number;
            /** @description Who built it. */
            origin: components["schemas"]["OriginView"];
            /** @description Source package. */
            source: string;
            /** @description Its version. */
            source_version: string;
            /** @description The manager's state where it is not plainly installed. */
            status?: string | null;
            update?: components["schemas"]["WaitingUpdate"] | null;
            /** @description Version. */
            version: string;
        };
        /** @description One page of hosts. */
        HostPage: {
            /** @description How the whole result spreads. */
            facets: components["schemas"]["HostFacets"];
            /** @description The rows. */
            items: components["schemas"]["HostRow"][];
            /** @description What the query asks for and is not known, a sentence each: hosts without an assessment, data that nobody gave. */
            lacks: string[];
            /** @description Pass it as `cursor` for the next page; absent on the last. */
            next_cursor?: string | null;
            /**
             * Format: int64
             * @description The change that the answer holds.
             */
            seq: number;
            /**
             * Format: int64
             * @description How many hosts the query keeps.
             */
            total: number;
        };
        /** @description One host as lists show it. */
        HostRow: {
            /** @description Whether any of its packages is assessed. */
            assessed: boolean;
            /** @description `green`, `yellow`, `orange`, `red` or `grey`; see `docs/architecture.md`. */
            colour: string;
            /** @description `fresh`, `late`, `stale` or `lost`. */
            freshness: string;
            /** @description Its name. */
            hostname: string;
            /**
             * Format: int64
             * @description Its public number.
             */
            id: number;
            /**
             * Format: date-time
             * @description When it was last heard of.
             */
            last_seen_at: string;
            /**
             * @description What is not known of it: why "nothing waits" would be no knowledge. Empty where everything is
             *     known; a host with nothing pending is green only then.
             */
            not_known: components["schemas"]["NotKnown"][];
            /**
             * Format: int32
             * @description CVEs that are open on it.
             */
            open_findings: number;
            /** @description Its system's name for people. */
            os_name: string;
            /**
             * Format: int32
             * @description Pending updates that are neither security updates nor withheld.
             */
            other_updates: number;
            /**
             * Format: int32
             * @description Installed packages.
             */
            packages: number;
            /** @description Its distribution and release: `debian:12`. */
            platform: string;
            /** @description Whether it must be rebooted, if it can tell. */
            reboot_required?: boolean | null;
            /**
             * Format: int32
             * @description Pending security updates, withheld ones too.
             */
            security_updates: number;
            /** @description Tags, sorted. */
            tags: string[];
            /**
             * @description Whether it is known what waits. Where it is not (no updates were ever reported), the numbers
             *     of updates are 0 and say nothing.
             */
            updates_known: boolean;
            /**
             * Format: int32
             * @description Updates that the manager holds, phases or keeps back.
             */
            withheld_updates: number;
            /** @description The worst severity among them. */
            worst_severity?: string | null;
        };
        /** @description One pending update of a host. */
        HostUpdate: {
            /** @description Advisories that the repository attaches. */
            advisories?: string[];
            /** @description Architecture. */
            arch: string;
            /** @description The version that would be installed. */
            candidate: string;
            /**
             * Format: int64
             * @description How many CVEs those are.
             */
            cve_count: number;
            /** @description CVEs that are open for the package and fixed in the candidate, worst first; the first 100. */
            cves: components["schemas"]["ClosedCve"][];
            /** @description The version that is installed. */
            installed: string;
            /** @description Name of the package. */
            name: string;
            /** @description The archive's name for itself. */
            origin: string;
            /**
             * Format: int32
             * @description Share of machines that the archive offers it to.
             */
            phased_percent?: number | null;
            /** @description The repository. */
            repository: string;
            /** @description Whether it is a security update. */
            security: boolean;
            /** @description Whether it is one is not known: its repository tells so of no update. */
            security_unknown?: boolean;
            /**
             * Format: int64
             * @description Size of the download in bytes.
             */
            size?: number | null;
            /** @description The suite within the repository. */
            suite: string;
            /** @description `held`, `phased`, `excluded` or `kept_back`: why the manager does not install it now. */
            withheld?: string | null;
            /**
             * @description What exactly keeps it back, in words that follow the package's name: `needs libfoo (>= 2), which
             *     no repository offers`. Absent where the word says all.
             */
            withheld_reason?: string;
        };
        /** @description A kernel on disk. */
        KernelRow: {
            /** @description The package that owns it. */
            package?: string | null;
            /** @description `uname -r` of it. */
            release: string;
            /** @description The package's version. */
            version?: string | null;
        };
        /** @description Kernels of a host. */
        Kernels: {
            /** @description Those on disk. */
            installed: components["schemas"]["KernelRow"][];
            /** @description The one that boots next. */
            next?: string | null;
            /** @description `uname -r` of the one that runs. */
            running?: string | null;
        };
        /** @description The age of what hosts themselves know. */
        Lists: {
            /**
             * Format: date-time
             * @description The oldest package lists of any fresh host.
             */
            oldest_at?: string | null;
        };
        /** @description A token to make. */
        NewToken: {
            /** @description A name to know it by, 1 to 64 characters. */
            name: string;
        };
        /** @description Why packages could not be judged, and the command that mends it. */
        NotAssessed: {
            /** @description A command for the server's shell, where one helps. */
            command?: string | null;
            /**
             * Format: int64
             * @description How many packages it concerns.
             */
            packages: number;
            /** @description Why, in words. */
            reason: string;
        };
        /** @description Packages that are not assessed for one reason. */
        NotAssessedGroup: {
            /** @description `no_feed`, `feed_too_old`, `positives_only`, `foreign_origin`, `invalid_version`. */
            code: string;
            /** @description The command that mends it, where one does. */
            command?: string | null;
            /** @description How many. */
            count: number;
            /** @description Which: `name`, `version`, `arch`. */
            packages: Record<string, never>[];
            /** @description Why, for people. */
            reason: string;
        };
        /** @description Something that is not known of a host: why "nothing waits" would be no knowledge. */
        NotKnown: {
            /**
             * @description A stable word: `host_never_received`, `host_unavailable`, `packages_never_received`,
             *     `packages_unavailable`, `packages_outdated`, `packages_empty`, `packages_skipped`,
             *     `updates_never_received`, `updates_unavailable`, `updates_outdated`, `updates_skipped`, `security_unknown`,
             *     `repositories_skipped`, `repositories_outdated`, `repositories_unknown`, `repositories_none`,
             *     `security_repository_missing`, `lists_age_unknown`, `lists_old`, `lists_in_future`, `clock_ahead`,
             *     `kernel_unowned`, `reboot_unknown`, `possible_clones`.
             */
            code: string;
            /** @description What mends it, one sentence, where something does. */
            remedy?: string | null;
            /** @description One sentence for people. */
            text: string;
        };
        /** @description A record that was left out. */
        OddRecord: {
            /** @description Which one. */
            record: string;
            /** @description The section it stood in. */
            section: string;
            /** @description Why. */
            why: string;
        };
        /** @description Where a package comes from, as far as the evidence goes. */
        OriginView: {
            /** @description `distribution`, `distribution_inferred` or `foreign`. */
            kind: string;
            /** @description Who, if foreign. */
            name?: string | null;
        };
        /** @description The fleet at a glance. */
        Overview: {
            /**
             * Format: date-time
             * @description The moment for which it holds.
             */
            as_of: string;
            /** @description Assessment. */
            assessment: components["schemas"]["FleetAssessment"];
            /** @description Feeds. */
            feeds: components["schemas"]["FeedRow"][];
            /** @description Findings. */
            findings: components["schemas"]["FindingCounts"];
            /** @description Hosts. */
            hosts: components["schemas"]["HostCounts"];
            /** @description Package lists. */
            lists: components["schemas"]["Lists"];
            /** @description Platforms, most hosts first. */
            platforms: components["schemas"]["PlatformRow"][];
            /** @description Restarts. */
            restarts: components["schemas"]["RestartCounts"];
            /**
             * Format: int64
             * @description The change that it holds.
             */
            seq: number;
            /** @description At most 10 findings: worst first, then most hosts. */
            top_findings: components["schemas"]["FleetFinding"][];
            /**
             * @description At most 10 source packages: those whose updates close the most findings first, then security
             *     updates, then those that settle the most updates.
             */
            top_updates: components["schemas"]["SourceUpdate"][];
            /** @description Updates. */
            updates: components["schemas"]["FleetUpdateCounts"];
        };
        /** @description One distinct package that some host has installed. */
        PackageRow: {
            /** @description Architecture. */
            arch: string;
            /** @description Whether a feed in force speaks for it. */
            assessed: boolean;
            /**
             * Format: int64
             * @description Hosts that have it installed.
             */
            hosts: number;
            /** @description Name. */
            name: string;
            /**
             * Format: int32
             * @description CVEs that are open for it, before a host's own context is looked at.
             */
            open_findings: number;
            /** @description Distribution and release of its hosts. */
            platform: string;
            /** @description Version. */
            version: string;
        };
        /** @description One page of a list. */
        Page_CveHost: {
            /** @description The rows. */
            items: {
                /** @description The host. */
                host: components["schemas"]["HostRow"];
                /**
                 * Format: int64
                 * @description How many packages carry it there.
                 */
                package_count: number;
                /** @description Names of the packages that carry it there, sorted; the first 10. */
                packages: string[];
                /** @description The worst severity among them. */
                severity: string;
                /** @description The most pressing state among its packages. */
                state: string;
            }[];
            /** @description Pass it as `cursor` for the next page; absent on the last. */
            next_cursor?: string | null;
            /**
             * Format: int64
             * @description The change that the answer holds.
             */
            seq: number;
            /**
             * Format: int64
             * @description How many rows there are in all.
             */
            total: number;
        };
        /** @description One page of a list. */
        Page_FleetFinding: {
            /** @description The rows. */
            items: {
                /** @description The CVE, or the advisory's id where it names none. */
                cve: string;
                /** @description A catalogue of vulnerabilities known to be exploited, in force, has it. */
                exploited: boolean;
                /**
                 * Format: int64
                 * @description How many versions there are.
                 */
                fixed_version_count: number;
                /** @description First versions that are not affected, sorted as text; the first 10. */
                fixed_versions: string[];
                /**
                 * Format: int64
                 * @description Hosts on which it is open.
                 */
                hosts: number;
                /**
                 * Format: int64
                 * @description How many packages carry it.
                 */
                package_count: number;
                /** @description Names of packages that carry it, sorted; the first 10. */
                packages: string[];
                /** @description The worst severity among its hosts. */
                severity: string;
                /** @description The most pressing state that any host has. */
                state: string;
                /** @description Hosts by state; they add up to `hosts`. */
                states: components["schemas"]["StateCounts"];
            }[];
            /** @description Pass it as `cursor` for the next page; absent on the last. */
            next_cursor?: string | null;
            /**
             * Format: int64
             * @description The change that the answer holds.
             */
            seq: number;
            /**
             * Format: int64
             * @description How many rows there are in all.
             */
            total: number;
        };
        /** @description One page of a list. */
        Page_FleetUpdate: {
            /** @description The rows. */
            items: {
                /** @description The version that would be installed. */
                candidate: string;
                /**
                 * Format: int64
                 * @description Hosts on which it is pending, withheld or not.
                 */
                hosts: number;
                /** @description Name of the package. */
                name: string;
                /** @description Platform of the hosts. */
                platform: string;
                /** @description Whether it is a security update. */
                security: boolean;
                /** @description The suite within the repository. */
                suite: string;
            }[];
            /** @description Pass it as `cursor` for the next page; absent on the last. */
            next_cursor?: string | null;
            /**
             * Format: int64
             * @description The change that the answer holds.
             */
            seq: number;
            /**
             * Format: int64
             * @description How many rows there are in all.
             */
            total: number;
        };
        /** @description One page of a list. */
        Page_HostPackage: {
            /** @description The rows. */
            items: {
                /** @description Architecture. */
                arch: string;
                /** @description Whether a feed in force speaks for it. */
                assessed: boolean;
                /** @description Installed as a dependency. */
                auto: boolean;
                /** @description The administrator keeps this version. */
                held: boolean;
                /** @description Name. */
                name: string;
                /**
                 * Format: int32
                 * @description CVEs that are open for it.
                 */
                open_findings: number;
                /** @description Who built it. */
                origin: components["schemas"]["OriginView"];
                /** @description Source package. */
                source: string;
                /** @description Its version. */
                source_version: string;
                /** @description The manager's state where it is not plainly installed. */
                status?: string | null;
                update?: components["schemas"]["WaitingUpdate"] | null;
                /** @description Version. */
                version: string;
            }[];
            /** @description Pass it as `cursor` for the next page; absent on the last. */
            next_cursor?: string | null;
            /**
             * Format: int64
             * @description The change that the answer holds.
             */
            seq: number;
            /**
             * Format: int64
             * @description How many rows there are in all.
             */
            total: number;
        };
        /** @description One page of a list. */
        Page_HostUpdate: {
            /** @description The rows. */
            items: {
                /** @description Advisories that the repository attaches. */
                advisories?: string[];
                /** @description Architecture. */
                arch: string;
                /** @description The version that would be installed. */
                candidate: string;
                /**
                 * Format: int64
                 * @description How many CVEs those are.
                 */
                cve_count: number;
                /** @description CVEs that are open for the package and fixed in the candidate, worst first; the first 100. */
                cves: components["schemas"]["ClosedCve"][];
                /** @description The version that is installed. */
                installed: string;
                /** @description Name of the package. */
                name: string;
                /** @description The archive's name for itself. */
                origin: string;
                /**
                 * Format: int32
                 * @description Share of machines that the archive offers it to.
                 */
                phased_percent?: number | null;
                /** @description The repository. */
                repository: string;
                /** @description Whether it is a security update. */
                security: boolean;
                /** @description Whether it is one is not known: its repository tells so of no update. */
                security_unknown?: boolean;
                /**
                 * Format: int64
                 * @description Size of the download in bytes.
                 */
                size?: number | null;
                /** @description The suite within the repository. */
                suite: string;
                /** @description `held`, `phased`, `excluded` or `kept_back`: why the manager does not install it now. */
                withheld?: string | null;
                /**
                 * @description What exactly keeps it back, in words that follow the package's name: `needs libfoo (>= 2), which
                 *     no repository offers`. Absent where the word says all.
                 */
                withheld_reason?: string;
            }[];
            /** @description Pass it as `cursor` for the next page; absent on the last. */
            next_cursor?: string | null;
            /**
             * Format: int64
             * @description The change that the answer holds.
             */
            seq: number;
            /**
             * Format: int64
             * @description How many rows there are in all.
             */
            total: number;
        };
        /** @description One page of a list. */
        Page_PackageRow: {
            /** @description The rows. */
            items: {
                /** @description Architecture. */
                arch: string;
                /** @description Whether a feed in force speaks for it. */
                assessed: boolean;
                /**
                 * Format: int64
                 * @description Hosts that have it installed.
                 */
                hosts: number;
                /** @description Name. */
                name: string;
                /**
                 * Format: int32
                 * @description CVEs that are open for it, before a host's own context is looked at.
                 */
                open_findings: number;
                /** @description Distribution and release of its hosts. */
                platform: string;
                /** @description Version. */
                version: string;
            }[];
            /** @description Pass it as `cursor` for the next page; absent on the last. */
            next_cursor?: string | null;
            /**
             * Format: int64
             * @description The change that the answer holds.
             */
            seq: number;
            /**
             * Format: int64
             * @description How many rows there are in all.
             */
            total: number;
        };
        /** @description One platform of the fleet and the feeds that speak for it. */
        PlatformRow: {
            /**
             * Format: date-time
             * @description Date of the data: the deciding feed's, else the newest of the others.
             */
            as_of?: string | null;
            /** @description A command for the server's shell that mends what is missing. */
            command?: string | null;
            /**
             * @description Of the feed that decides: `in_force`, `too_old`; `partial` where only feeds that name fixed
             *     issues are at hand, or too many of its records were skipped; `none` where no feed in force speaks of the
             *     release.
             */
            feed_state: string;
            /** @description Feeds that speak for it, the deciding one first. */
            feeds: string[];
            /**
             * Format: int64
             * @description Its hosts.
             */
            hosts: number;
            /** @description Distribution and release. */
            platform: string;
        };
        /** @description What went wrong, in a form for programs (`code`, `field`, `position`) and for people (`detail`). */
        Problem: {
            /** @description Stable name of the case: `not_found`, `invalid_report` ... */
            code: string;
            /** @description What happened and, where it helps, what to do. */
            detail: string;
            /** @description The field of the request that is wrong: `sections.packages.data.records[3].name`. */
            field?: string | null;
            /** @description With `bad_query`: how many characters from there are meant; 0 where something is missing. */
            length?: number | null;
            /**
             * @description Where it can't be read: the character of `q`, or with `invalid_query` the byte of the address
             *     behind its `?`.
             */
            position?: number | null;
            /**
             * Format: int32
             * @description The HTTP status.
             */
            status: number;
            /**
             * Format: int64
             * @description With `removed`: the host that stands for the same machine, where there is one.
             */
            successor?: number | null;
            /** @description With `bad_query`: what was probably meant in their place; with `invalid_cve`: the CVE that was probably meant. */
            suggestion?: string | null;
            /** @description The status in words. */
            title: string;
            /** @description `about:blank`: the status says the kind, `code` the case. */
            type: string;
        };
        /** @description The answer to a query. */
        QueryAnswer: components["schemas"]["HostPage"] & {
            /**
             * Format: int32
             * @description What it rests on at most: 0 reported facts and tags, 1 groups, 2 verdicts, 3 exceptions and counts of
             *     findings, 4 alerts and policies.
             */
            level: number;
            plan?: components["schemas"]["QueryPlan"] | null;
            /** @description The query as it was read, in its plain form. */
            q: string;
        };
        /** @description What may stand at a place of a query. */
        QueryCompletion: {
            /** @description The character behind the last one. */
            end: number;
            /** @description The first character that a suggestion takes the place of. */
            start: number;
            /** @description At most 20: fields, then words that join, then values, the most frequent first. */
            suggestions: components["schemas"]["QuerySuggestion"][];
        };
        /** @description A part of a query. */
        QueryPlan: {
            /**
             * @description What is dearest in it, the cheapest first: `set` and `union` of sets kept ready, a `column` of numbers or
             *     `names` of each host that is left, texts that the `rules` have to say again.
             */
            cost: string;
            /**
             * Format: int64
             * @description How many hosts it keeps by itself.
             */
            hosts: number;
            /** @description How its parts are joined: `all`, `any`, `not`; `term` has none. */
            join: string;
            /**
             * Format: int32
             * @description The highest level of its fields; see the answer's `level`.
             */
            level: number;
            /** @description Its parts, in the order in which they are looked at. */
            parts: components["schemas"]["QueryPlan"][];
            /** @description Its plain form. */
            text: string;
        };
        /** @description One thing that may stand there. */
        QuerySuggestion: {
            /**
             * Format: int64
             * @description How many hosts have the value.
             */
            hosts?: number | null;
            /** @description `field`, `value` or `keyword`. */
            kind: string;
            /** @description One line on what it is; absent for values. */
            note?: string | null;
            /** @description What to put in place of the characters. */
            text: string;
        };
        /** @description The answer to a report. */
        ReportAnswer: {
            /** @description The report had been taken before, or is outdated; nothing was changed. */
            duplicate: boolean;
            /**
             * Format: int64
             * @description The host's public id.
             */
            host_id: number;
            /**
             * Format: int32
             * @description Seconds until the next check-in.
             */
            interval_seconds: number;
            /**
             * Format: int64
             * @description The number that the host's next report is to carry at least.
             */
            next_sequence: number;
            /** @description Records that were left out, with the reason; the first 100. */
            odd: components["schemas"]["OddRecord"][];
            /** @description What is known of the host was seen later than this report; absent where it is not so. */
            outdated?: boolean;
            /** @description Sections sent as `unchanged` that the server does not have. */
            wanted: string[];
        };
        /** @description Hosts that wait for a restart. */
        RestartCounts: {
            /**
             * Format: int64
             * @description Hosts that say they must be rebooted.
             */
            hosts_reboot_required: number;
        };
        /** @description What is held of one section of the host's reports. */
        SectionRow: {
            /** @description `host`, `packages`, `updates`, `repositories`, `runtime`, `history`. */
            name: string;
            /**
             * Format: date-time
             * @description When it was last seen to be so.
             */
            observed_at?: string | null;
            /** @description Why it is unavailable. */
            reason?: string | null;
            /** @description `present`, `unavailable` (what is shown is older) or `never`. */
            state: string;
        };
        /** @description The session of this browser. */
        Session: {
            /** @description Whether the server looks at its own host. */
            own_host: boolean;
            /** @description Whether somebody is signed in. */
            state: components["schemas"]["SessionState"];
            /** @description The organisation's title for this installation. */
            title: string;
            user?: components["schemas"]["User"] | null;
            /** @description Version of the server. */
            version: string;
        };
        /**
         * @description Whether somebody is signed in.
         * @enum {string}
         */
        SessionState: "signed_in" | "signed_out" | "setup_needed";
        /** @description The first administrator. */
        Setup: {
            /** @description Sign-in name of the administrator. */
            name: string;
            /** @description At least 12 characters. */
            password: string;
            /** @description The secret behind `#` in the set-up link. */
            token: string;
        };
        /** @description Open findings by the vendor's severity. */
        SeverityCounts: {
            /**
             * Format: int64
             * @description Critical.
             */
            critical: number;
            /**
             * Format: int64
             * @description High.
             */
            high: number;
            /**
             * Format: int64
             * @description Low.
             */
            low: number;
            /**
             * Format: int64
             * @description Medium.
             */
            medium: number;
            /**
             * Format: int64
             * @description Of no practical consequence.
             */
            negligible: number;
            /**
             * Format: int64
             * @description The vendor gives none.
             */
            unknown: number;
        };
        /** @description A record that could not be read. */
        SkippedRow: {
            /** @description Which one. */
            record: string;
            /** @description Why. */
            why: string;
        };
        /** @description The pending updates of one source package on one platform: what one decision settles. */
        SourceUpdate: {
            /**
             * Format: int64
             * @description How many versions would be installed.
             */
            candidate_count: number;
            /** @description Versions that would be installed, the one that most wait for first; the first 10. */
            candidates: string[];
            /**
             * Format: int64
             * @description Open findings that the candidates fix, counted per host and CVE, as far as the versions can be
             *     compared.
             */
            findings: number;
            /**
             * Format: int64
             * @description Hosts on which one is pending, withheld or not.
             */
            hosts: number;
            /**
             * Format: int64
             * @description How many packages wait.
             */
            package_count: number;
            /** @description Names of the packages that wait, sorted; the first 10. */
            packages: string[];
            /** @description Platform of the hosts. */
            platform: string;
            /** @description Whether one of them is a security update. */
            security: boolean;
            /** @description The source package; the updated package's own name where no host has it installed. */
            source: string;
            /**
             * Format: int64
             * @description Updates, counted per host and package.
             */
            updates: number;
        };
        /** @description A name and boot under which a host was heard. */
        SpeakerRow: {
            /** @description The kernel's boot id, may be empty. */
            boot_id: string;
            /** @description The node name. */
            hostname: string;
            /**
             * Format: date-time
             * @description When it was last heard.
             */
            last_seen_at: string;
        };
        /** @description Open findings, each (host, CVE) counted once. */
        StateCounts: {
            /**
             * Format: int64
             * @description A fix is there.
             */
            fix_available: number;
            /**
             * Format: int64
             * @description A fix is there, in a channel that the host lacks.
             */
            fix_needs_channel: number;
            /**
             * Format: int64
             * @description No fix yet.
             */
            no_fix: number;
            /**
             * Format: int64
             * @description Fixed on disk, the old one still runs.
             */
            restart_needed: number;
            /**
             * Format: int64
             * @description The vendor has not decided.
             */
            under_investigation: number;
            /**
             * Format: int64
             * @description The vendor will not fix it.
             */
            will_not_fix: number;
        };
        /** @description Which feeds to fetch. */
        SyncAsked: {
            /** @description Take documents that shrank beyond measure or went back in time. */
            force?: boolean;
            /**
             * @description Their ids; none is all that a platform of the fleet needs and all in force, or all about packages when there
             *     are no hosts.
             */
            ids?: string[];
        };
        /** @description What came of fetching or importing a feed. */
        SyncResult: {
            /**
             * Format: int64
             * @description New ones.
             */
            added: number;
            /**
             * Format: date-time
             * @description The date of the data, where a new edition is in force.
             */
            as_of?: string | null;
            /**
             * Format: int64
             * @description Those that say something else now.
             */
            changed: number;
            /**
             * @description Who says so: `given`, `server`, `inside` (the document), `members` (the newest file in the archive), `file` (its
             *     modification time), or nobody: `fetched`, the time at which it was taken.
             */
            dated?: string | null;
            /** @description Why it failed. */
            error?: string | null;
            /** @description The feed. */
            id: string;
            /** @description What else there is to know: who signed, which mirror failed, what was refused or is left for the next fetch. */
            notes?: string[];
            /** @description `updated`, `unchanged` or `failed`. */
            outcome: string;
            /**
             * Format: int64
             * @description Advisories in force.
             */
            records: number;
            /**
             * Format: int64
             * @description Those that are gone.
             */
            removed: number;
            /**
             * Format: int64
             * @description Records that could not be read.
             */
            skipped: number;
            /** @description The first of them, with the reason. */
            skipped_first: components["schemas"]["SkippedRow"][];
            /** @description What the feed is now, as in the list of feeds: `in_force`, `too_old` or `never`. */
            state: string;
        };
        /** @description A token, this once in clear. */
        TokenCreated: {
            /**
             * Format: int64
             * @description Its number.
             */
            id: number;
            /** @description The token. It is stored as a hash only and can't be shown again. */
            token: string;
        };
        /** @description A token as it is listed. */
        TokenRow: {
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /**
             * Format: int64
             * @description Its number.
             */
            id: number;
            /** @description Its name. */
            name: string;
            /**
             * Format: date-time
             * @description When it was ended, if it was.
             */
            revoked_at?: string | null;
        };
        /** @description Pending updates by kind. */
        UpdateCounts: {
            /**
             * Format: int64
             * @description All others.
             */
            other: number;
            /**
             * Format: int64
             * @description From a security repository.
             */
            security: number;
            /**
             * Format: int64
             * @description Of both, those that the manager holds, phases or keeps back.
             */
            withheld: number;
        };
        /** @description A user as pages show them. */
        User: {
            /** @description Sign-in name. */
            name: string;
            /** @description `admin`. */
            role: string;
        };
        /** @description The update that waits for a package. */
        WaitingUpdate: {
            /** @description The version that would be installed. */
            candidate: string;
            /** @description Whether it is a security update. */
            security: boolean;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    checkin: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description A check-in of `docs/wire-format.md` */
        requestBody: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CheckInAnswer"];
                };
            };
            /** @description `unknown_token` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_report`, with the field */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`, with Retry-After */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    report: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description A report of `docs/wire-format.md`, plain or with Content-Encoding zstd or gzip */
        requestBody: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReportAnswer"];
                };
            };
            /** @description `unknown_token` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_encoding` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_report`, with the field */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`, with Retry-After */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
        };
    };
    openapi: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
        };
    };
    token_list: {
        parameters: {
            query?: {
                /**
                 * @description Taken as everywhere, so that who has seen a change need not tell addresses apart. What stands here is no part
                 *     of any change: it is read from the record as it is now, and waits for none.
                 */
                min_seq?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenRow"][];
                };
            };
        };
    };
    token_create: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewToken"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenCreated"];
                };
            };
            /** @description `invalid_name` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    token_revoke: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cve_get: {
        parameters: {
            query?: {
                /** @description Only hosts on which it is in this state: `fix_available`, `no_fix` ... */
                state?: string;
                /** @description Hosts of a page, 1 to 500, 50 by default. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description Answer only from a state that holds this change. */
                min_seq?: number;
            };
            header?: never;
            path: {
                /** @description A CVE, or an advisory's id where it names none; in any case */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CveOnFleet"];
                };
            };
            /** @description `not_found`: it is open on no host, and no data in force for a platform of the fleet names it */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_cve`, `invalid_state`, `invalid_limit`, `invalid_cursor` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cve_record: {
        parameters: {
            query?: {
                /**
                 * @description Taken as everywhere, so that who has seen a change need not tell addresses apart. What stands here is no part
                 *     of any change: it is read from the record as it is now, and waits for none.
                 */
                min_seq?: number;
            };
            header?: never;
            path: {
                /** @description A CVE, in any case */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CveRecordRow"];
                };
            };
            /** @description `invalid_cve` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    evaluate: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EvaluateAsked"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Evaluated"];
                    "application/x-ndjson": string;
                };
            };
            /** @description `invalid_platform`, `too_many`, `too_many_findings`, `invalid_body` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    events: {
        parameters: {
            query?: {
                /**
                 * @description Taken as everywhere, so that who has seen a change need not tell addresses apart. What stands here is no part
                 *     of any change: it is read from the record as it is now, and waits for none.
                 */
                min_seq?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description `event: hello`, then `event: change` with a ChangeEvent as data */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["ChangeEvent"];
                };
            };
        };
    };
    explain: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ExplainAsked"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Explanations"];
                    "application/x-ndjson": string;
                };
            };
            /** @description `invalid_platform`, `invalid_cve`, `too_many`, `too_many_findings`, `invalid_body` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    feed_list: {
        parameters: {
            query?: {
                /** @description Answer only from a state that holds this change. */
                min_seq?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Feeds"];
                };
            };
        };
    };
    feed_sync: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SyncAsked"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SyncResult"][];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    feed_import: {
        parameters: {
            query?: {
                /**
                 * @description Name of the file. Of a feed with several documents (one a release) it takes the place of the one of this
                 *     name, which may be as long as the vendor's path (`v3.20/main.json`), and the others stay.
                 */
                name?: string;
                /** @description It takes the place of all documents of the feed. */
                replace?: boolean;
                /** @description Take it although it shrank beyond measure or went back in time. */
                force?: boolean;
                /**
                 * @description The date of its data, whatever it says itself: a day (its beginning, UTC) or a moment.
                 * @example 2026-11-20
                 */
                date?: string;
                /**
                 * @description The file's modification time: the date of its data where the document has none; an archive's is no newer than
                 *     this. One in the future is none.
                 */
                modified?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/octet-stream": number[];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SyncResult"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description `unreadable_document`, with what and where; `date_in_future` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    finding_list: {
        parameters: {
            query?: {
                /** @description Words that must occur in the CVE's id or a package's name. */
                q?: string;
                /** @description Only CVEs in this state: `fix_available`, `no_fix` ... */
                state?: string;
                /** @description Only of this severity: `critical`, `high` ... */
                severity?: string;
                /** @description Order: one of the columns named above, `-` before it for descending. */
                sort?: string;
                /** @description Rows of a page, 1 to 500, 50 by default. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description Answer only from a state that holds this change. */
                min_seq?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_FleetFinding"];
                };
            };
            /** @description `invalid_state`, `invalid_severity`, `invalid_sort`, `invalid_limit`, `invalid_cursor` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    host_list: {
        parameters: {
            query?: {
                /** @description What to look for; see `docs/query-language.md` for hosts, free words elsewhere. */
                q?: string;
                /** @description Order: one of the columns named above, `-` before it for descending. */
                sort?: string;
                /** @description Rows of a page, 1 to 500, 50 by default. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description Answer only from a state that holds this change (`Mendwatch-Seq` of an earlier answer). */
                min_seq?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HostPage"];
                };
            };
            /** @description `bad_query` with the position, `invalid_sort`, `invalid_limit`, `invalid_cursor` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    own_host_scan: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The scan is under way; `change` events tell when it is in. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `own_host_off`; `reported_by_agent`: an agent reports this machine */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    host_get: {
        parameters: {
            query?: {
                /** @description Answer only from a state that holds this change. */
                min_seq?: number;
            };
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HostDetail"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description `removed`: it does not count; says since when, why, and which host stands for the same machine */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    host_remove: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `not_allowed`; `csrf_header_missing` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description `removed`: it does not count already */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    host_findings: {
        parameters: {
            query?: {
                /** @description Words that must occur in the CVE's id or a package's name. */
                q?: string;
                /** @description Only CVEs in this state: `fix_available`, `no_fix` ... */
                state?: string;
                /** @description Only of this severity: `critical`, `high` ... */
                severity?: string;
                /** @description Order: one of the columns named above, `-` before it for descending. */
                sort?: string;
                /** @description Rows of a page, 1 to 500, 50 by default. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description Answer only from a state that holds this change. */
                min_seq?: number;
            };
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HostFindingPage"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_state`, `invalid_severity`, `invalid_sort`, `invalid_limit`, `invalid_cursor` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    host_explain: {
        parameters: {
            query?: {
                /** @description Name of the package; without it, every package of the host that the CVE concerns. */
                package?: string;
                /** @description Answer only from a state that holds this change. */
                min_seq?: number;
            };
            header?: never;
            path: {
                id: number;
                /** @description A CVE, or an advisory's id */
                cve: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HostExplanation"];
                };
            };
            /** @description `not_found`: no such host, or no package of it that the CVE could concern */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_cve` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    host_packages: {
        parameters: {
            query?: {
                /** @description What to look for; see `docs/query-language.md` for hosts, free words elsewhere. */
                q?: string;
                /** @description Order: one of the columns named above, `-` before it for descending. */
                sort?: string;
                /** @description Rows of a page, 1 to 500, 50 by default. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description Answer only from a state that holds this change (`Mendwatch-Seq` of an earlier answer). */
                min_seq?: number;
            };
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_HostPackage"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_sort`, `invalid_limit`, `invalid_cursor` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    host_updates: {
        parameters: {
            query?: {
                /** @description Words that must all occur in the package's name. */
                q?: string;
                /** @description Only security updates, or only others. */
                security?: boolean;
                /** @description Order: one of the columns named above, `-` before it for descending. */
                sort?: string;
                /** @description Rows of a page, 1 to 500, 50 by default. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description Answer only from a state that holds this change. */
                min_seq?: number;
            };
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_HostUpdate"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_sort`, `invalid_limit`, `invalid_cursor` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    overview: {
        parameters: {
            query?: {
                /** @description Answer only from a state that holds this change. */
                min_seq?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Overview"];
                };
            };
        };
    };
    package_list: {
        parameters: {
            query?: {
                /** @description What to look for; see `docs/query-language.md` for hosts, free words elsewhere. */
                q?: string;
                /** @description Order: one of the columns named above, `-` before it for descending. */
                sort?: string;
                /** @description Rows of a page, 1 to 500, 50 by default. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description Answer only from a state that holds this change (`Mendwatch-Seq` of an earlier answer). */
                min_seq?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_PackageRow"];
                };
            };
            /** @description `invalid_sort`, `invalid_limit`, `invalid_cursor` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    query: {
        parameters: {
            query?: {
                /** @description The query; see `docs/query-language.md`. Empty or absent: all hosts. */
                q?: string;
                /** @description Whether `plan` is wanted: each part is then evaluated by itself. */
                explain?: boolean;
                /** @description Order of the hosts, as `hosts` takes it. */
                sort?: string;
                /** @description Rows of a page, 1 to 500, 50 by default. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description Answer only from a state that holds this change (`Mendwatch-Seq` of an earlier answer). */
                min_seq?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QueryAnswer"];
                };
            };
            /** @description `bad_query` with position, length and suggestion, `invalid_sort`, `invalid_limit`, `invalid_cursor` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    query_complete: {
        parameters: {
            query?: {
                /** @description The text so far; it need be no query. */
                q?: string;
                /** @description Where the cursor stands, in characters (Unicode code points) from 0; at the end unless given. */
                at?: number;
                /** @description Answer only from a state that holds this change (`Mendwatch-Seq` of an earlier answer). */
                min_seq?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QueryCompletion"];
                };
            };
        };
    };
    session_get: {
        parameters: {
            query?: {
                /**
                 * @description Taken as everywhere, so that who has seen a change need not tell addresses apart. What stands here is no part
                 *     of any change: it is read from the record as it is now, and waits for none.
                 */
                min_seq?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
        };
    };
    session_create: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Credentials"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            /** @description `wrong_credentials` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_attempts`, with Retry-After */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    session_delete: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    setup: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Setup"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            /** @description `setup_link_unknown` or `setup_link_used` */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description `weak_password` or `invalid_name` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_attempts`, with Retry-After */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    update_list: {
        parameters: {
            query?: {
                /** @description Words that must all occur in the package's name. */
                q?: string;
                /** @description Only security updates, or only others. */
                security?: boolean;
                /** @description Order: one of the columns named above, `-` before it for descending. */
                sort?: string;
                /** @description Rows of a page, 1 to 500, 50 by default. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description Answer only from a state that holds this change. */
                min_seq?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_FleetUpdate"];
                };
            };
            /** @description `invalid_sort`, `invalid_limit`, `invalid_cursor` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
