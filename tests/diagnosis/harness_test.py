"""The harness itself: the corpus is well-formed and covers the book, and answers are judged as README.md says."""

import unittest

import paths  # noqa: F401  First: it says where the harness is.
import corpus
import render
import score

# Causes that no single question to a host can show, and why.
NOT_PLAYED = {
    "certificate_replaced": "needs the certificate of earlier probes, which only the daemon remembers",
    "name_and_address_differ": "shows only beside a device that reads the server name, which is the cause then",
    "client_side_only": "is said of healthy hosts, as nothing else can be said of them",
}


def scenario(**more):
    given = {"name": "planted", "says": "Planted.", "kind": "rdpsim", "probe": ("tls/connection_reset",),
             "server": {"program": "rdpsim"}}
    return corpus.Scenario(**{**given, **more})


def verdict(causes, ended="tls/connection_reset", **more):
    """`causes`: {id: likelihood} in order."""
    return score.Verdict(scenario(**more), score.Answer(ended, list(causes), list(causes.values()), 1.0))


class Corpus(unittest.TestCase):
    maxDiff = None

    def test_every_cause_of_the_book_is_played_or_has_a_reason_why_not(self):
        played = {one.cause for one in corpus.load() if one.gate}
        self.assertEqual(set(corpus.CAUSES) - played, set(NOT_PLAYED))

    def test_all_kinds_and_healthy_hosts_are_there(self):
        scenarios = corpus.load()
        self.assertEqual({one.kind for one in scenarios}, set(corpus.KINDS))
        self.assertGreaterEqual(sum(one.healthy for one in scenarios), 10)

    def test_faults_of_the_data_are_named(self):
        for fault, what in (({"kind": "lab"}, "kind lab"), ({"cause": "gremlins"}, r"unknown causes \['gremlins'\]"),
                            ({"decisive": True}, "a healthy host has no causes"), ({"rules": ("drop",)}, "need a namespace"),
                            ({"probe": ("reset",)}, "probe is")):
            with self.assertRaisesRegex(ValueError, what):
                corpus.check(scenario(**fault))


class Score(unittest.TestCase):
    maxDiff = None

    def test_first_place_counts_where_the_evidence_is_decisive(self):
        right = verdict({"no_common_tls": "decisive"}, cause="no_common_tls", decisive=True)
        self.assertEqual((right.top1, right.top3, right.misses()), (True, True, []))
        second = verdict({"server_slow": "likely", "no_common_tls": "likely"}, cause="no_common_tls", decisive=True)
        self.assertEqual((second.top1, second.top3), (False, True))
        self.assertEqual(second.misses(), ["first is server_slow, true is no_common_tls"])

    def test_third_place_is_enough_elsewhere_and_the_fourth_is_not(self):
        causes = dict.fromkeys(["server_slow", "path_down", "packet_loss", "half_open_timer"], "possible")
        self.assertEqual(verdict(causes, cause="packet_loss").misses(), [])
        self.assertEqual(verdict(causes, cause="half_open_timer").misses(),
                         ["half_open_timer is not among the first three: server_slow, path_down, packet_loss"])

    def test_what_looks_alike_must_be_named_side_by_side(self):
        both = verdict({"inline_device_cuts_tls": "likely", "private_key_unreadable": "likely"},
                       cause="private_key_unreadable", alike=("inline_device_cuts_tls",))
        self.assertEqual((both.top1, both.names_all_alike, both.misses()), (True, True, []))
        one = verdict({"private_key_unreadable": "likely"}, cause="private_key_unreadable", alike=("inline_device_cuts_tls",))
        self.assertEqual(one.misses(), ["can't tell private_key_unreadable and inline_device_cuts_tls apart and does not name "
                                        "inline_device_cuts_tls"])

    def test_a_wrong_cause_must_not_be_called_decisive(self):
        boastful = verdict({"packet_loss": "likely", "wrong_service": "decisive"}, cause="packet_loss")
        self.assertEqual(boastful.misses(), ["calls decisive what is not true: wrong_service"])
        allowed = verdict({"packet_loss": "likely", "wrong_service": "decisive"}, cause="packet_loss", also=("wrong_service",))
        self.assertEqual(allowed.misses(), [])

    def test_healthy_hosts_have_no_cause_but_may_send_the_user_to_the_client(self):
        self.assertIs(verdict({"client_side_only": "likely"}, "ok", probe=("ok",)).false_alarm, False)
        alarm = verdict({"packet_loss": "possible"}, "ok", probe=("ok",))
        self.assertEqual((alarm.false_alarm, alarm.misses()), (True, ["a healthy host is said to have packet_loss"]))

    def test_a_scenario_that_broke_in_another_way_proves_nothing(self):
        other = verdict({"packet_loss": "likely"}, "connect/timeout", cause="packet_loss")
        self.assertEqual(other.misses(), ["ended in connect/timeout, meant was tls/connection_reset"])
        failed = score.Verdict(scenario(), score.Answer("", error="nft is missing"))
        self.assertEqual(failed.misses(), ["not played: nft is missing"])

    def test_shares_confusion_and_the_worth_of_words(self):
        verdicts = [verdict({"packet_loss": "likely"}, cause="packet_loss"), verdict({"path_down": "likely"}, cause="packet_loss"),
                    verdict({}, cause="path_down"), verdict({}, "ok", probe=("ok",))]
        self.assertEqual(score.share(verdicts, "top1"), (1, 3))
        self.assertEqual(score.share(verdicts, "names_all_alike"), (0, 0))
        self.assertEqual(dict(score.confusion(verdicts)), {("packet_loss", "packet_loss"): 1, ("packet_loss", "path_down"): 1,
                                                           ("path_down", score.NONE): 1, ("healthy", score.NONE): 1})
        self.assertEqual(score.reliability(verdicts), {"likely": (1, 2)})

    def test_the_report_has_each_number(self):
        verdicts = [verdict({"packet_loss": "decisive"}, cause="packet_loss", decisive=True),
                    verdict({"path_down": "possible"}, "ok", probe=("ok",))]
        text = render.report(verdicts, 12.3)
        for row in (r"\| top-1, scenarios whose evidence is decisive +\| 1 of 1 \(100 %\) +\| all",
                    r"false alarms, healthy scenarios +\| 1 of 1",
                    r"\| packet_loss +\| 1 +\| 1 +\| 1 of 1 +\| 1 of 1 +\| 1 of 1 ", r"decisive +\| 1 of 1",
                    "- planted: a healthy host is said to have path_down"):
            self.assertRegex(text, row)


if __name__ == "__main__":
    unittest.main()
