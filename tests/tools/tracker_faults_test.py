"""Whole trainings whose MLflow server is struck by faults: nothing of it is to be seen in the training but a line, and
the server holds every record once when it is over.

Usage: tracker_faults_test.py BATON STOPPABLE
"""
import collections
import signal
import subprocess
import sys
import unittest

from fake_mlflow import (FakeMlflow, answer, black_hole, deny_what_is_done, log_no_tags, reset_in_answer,
                         reset_in_request, trickle)
from in_a_folder import take_programs
from training import LATE, OF_THE_CLOCK, RESUMED, STEPS, Training, given_up, tried_again

RESET = r"cannot be reached: \S+ Recv failure: Connection reset by peer"
SAID_500 = r"answered 500 \(not now\)"
DENIED = r"answered 500 \(it is done, in truth\)"

Row = collections.namedtuple("Row", "name fault call number says")
ROWS = (
    # No answer, ever: before there is a run, when a part of it has arrived. Given up by the end of the training.
    Row("black_hole", black_hole, "", 1, LATE),
    Row("black_hole_half_way", black_hole, "runs/log-batch", 2, LATE),
    Row("slow", trickle, "", 1, LATE),
    Row("slow_half_way", trickle, "runs/log-batch", 2, LATE),
    # What was done although it seems not: one run, no point twice.
    Row("reset_in_answer_to_create", reset_in_answer, "runs/create", 1, tried_again(RESET) + LATE),
    Row("reset_in_answer_to_log", reset_in_answer, "runs/log-batch", 2, tried_again(RESET) + LATE),
    Row("reset_in_answer_to_end", reset_in_answer, "runs/update", 1, tried_again(RESET) + LATE),
    Row("denied_create", deny_what_is_done, "runs/create", 1, tried_again(DENIED) + LATE),
    Row("denied_log", deny_what_is_done, "runs/log-batch", 2, tried_again(DENIED) + LATE),
    Row("denied_end", deny_what_is_done, "runs/update", 1, tried_again(DENIED) + LATE),
    # What was not done.
    Row("reset_in_request", reset_in_request, "runs/log-batch", 2, tried_again(RESET) + LATE),
    Row("500", answer(500), "", 1, tried_again(SAID_500) + LATE),
    Row("500_half_way", answer(500), "runs/log-batch", 2, tried_again(SAID_500) + LATE),
    Row("429", answer(429, Retry_After=1), "runs/log-batch", 2, tried_again(r"answered 429 \(not now\)") + LATE),
    # What takes a person, so that nothing is tried again.
    Row("401_half_way", answer(401), "runs/log-batch", 2,
        given_up(r"answered 401: check user, password or token \(not now\)")),
)
CURED_MEANWHILE = (
    Row("black_hole", black_hole, "runs/log-batch", 1, ""),  # a kept connection that was cut is made again at once
    Row("reset_in_answer", reset_in_answer, "runs/log-batch", 1, tried_again(RESET)),
    Row("denied", deny_what_is_done, "runs/log-batch", 1, tried_again(DENIED)),
    Row("500", answer(500), "", 1, tried_again(SAID_500)),
)


class OnFake(Training):
    def serve(self, **made):
        server = FakeMlflow(**made)
        self.addCleanup(server.server_close)
        self.addCleanup(server.cure)
        self.environment["MLFLOW_TRACKING_URI"] = server.address
        return server

    def wait_for(self, server, step):
        self.wait_until(lambda: any(point[1] == step for point in server.metrics()))

    def expect_everything_once(self, server):
        self.assertEqual(server.metrics(), self.logged())
        self.assertEqual(server.statuses(), ["FINISHED"])
        [run] = server.runs.values()
        self.assertIn({"key": "max_steps", "value": str(STEPS)}, run["data"]["params"])

    def expect_sync(self, server):
        with server.open():
            self.baton("sync", "runs", out=r"mlflow: (\d+) of \1 records, the run's end included\n$")
            self.expect_everything_once(server)
            self.expect_sync_has_nothing_to_do(server)

    def expect_sync_has_nothing_to_do(self, server):
        calls = len(server.calls)
        self.baton("sync", "runs", out="end included\n$")
        self.assertEqual(len(server.calls), calls)


class Struck(OnFake):
    """From some call on, until the training has ended."""

    def expect_row(self, row):
        server = self.serve()
        server.strike(row.fault, row.call, row.number)
        is_at_the_end = row.call == "runs/update"
        with server.open():
            run = self.train(wait_at=["train_end"], flush_seconds=0.5 if is_at_the_end else 0.25)
            if is_at_the_end:
                self.wait_for(server, STEPS)
            else:
                self.wait_until(lambda: server.struck > 0)
            self.expect_end(run.go_on(), row.says)
            self.assertGreater(server.struck, 0)
            server.cure()
        self.expect_sync(server)


class CuredMeanwhile(OnFake):
    """Half of the records have arrived when the server is struck, and it is well again before the training ends."""

    def expect_row(self, row):
        server = self.serve()
        with server.open():
            run = self.train(wait_at=["in step 250", "train_end"])
            self.wait_for(server, 249)
            server.strike(row.fault, row.call, row.number)
            run.go_on().until("train_end")
            self.wait_until(lambda: server.struck > 0)
            server.cure()
            self.wait_for(server, STEPS)
            self.expect_end(run.go_on(), row.says)
            self.expect_everything_once(server)
            self.expect_sync_has_nothing_to_do(server)


class Locked(OnFake):
    """The server and this machine do not trust each other, until a person has done something about it."""

    def make_certificate(self, host):
        file = self.folder / f"{host}.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                        "-nodes", "-subj", f"/CN={host}", "-addext", f"subjectAltName={host}", "-keyout", file,
                        "-out", file], check=True, stderr=subprocess.DEVNULL)
        return file

    def test_without_the_right_token(self):
        server = self.serve(token="right")
        self.environment["MLFLOW_TRACKING_TOKEN"] = "wrong"
        with server.open():
            self.expect_end(self.train(), given_up(r"answered 401: check user, password or token \(not now\)"))
        self.environment["MLFLOW_TRACKING_TOKEN"] = "right"
        self.expect_sync(server)

    def test_by_a_certificate_that_nobody_has_signed(self):
        certificate = self.make_certificate("IP:127.0.0.1")
        server = self.serve(certificate=certificate)
        with server.open():
            self.expect_end(self.train(), given_up(r"cannot be reached: https://\S+: .*certificate.*"))
        self.environment["MLFLOW_TRACKING_SERVER_CERT_PATH"] = str(certificate)
        self.expect_sync(server)

    def test_by_the_certificate_of_another_host(self):
        others = self.make_certificate("DNS:other.example")
        server = self.serve(certificate=others)
        self.environment["MLFLOW_TRACKING_SERVER_CERT_PATH"] = str(others)
        with server.open():
            self.expect_end(self.train(), given_up(r"cannot be reached: https://\S+: .*127\.0\.0\.1.*"))
        right = self.make_certificate("IP:127.0.0.1")
        server.show(right)
        self.environment["MLFLOW_TRACKING_SERVER_CERT_PATH"] = str(right)
        self.expect_sync(server)


class Absent(OnFake):
    def test_refuses_connections_as_long_as_the_training_lasts(self):
        server = self.serve()
        self.expect_end(self.train(flush_seconds=0.5), tried_again(r"cannot be reached: .*connect.*") + LATE)
        self.expect_sync(server)


class Killed(OnFake):
    """The training itself, twice, with a server that is down during its second life."""

    def curves(self, server):
        return sorted((key, step, value) for key, step, _, value in server.metrics() if not key.endswith(OF_THE_CLOCK))

    def undisturbed(self):
        server = self.serve()
        with server.open():
            self.expect_end(self.train("--output_dir", "undisturbed"))
        return self.curves(server)

    def test_curves_are_those_of_an_undisturbed_one(self):
        expected = self.undisturbed()
        server = self.serve()
        with server.open():
            run = self.train(wait_at=["in step 250"])
            self.wait_for(server, 249)
            run.send(signal.SIGKILL).end()

            server.strike(deny_what_is_done)
            run = self.train(*RESUMED, wait_at=["in step 420"])
            self.wait_until(lambda: server.struck > 0)
            run.send(signal.SIGKILL).end()
            server.cure()

            run = self.train(*RESUMED)
            self.assertEqual((run.end(), run.err), (0, ""))
            self.assertEqual(self.curves(server), expected)
            self.assertEqual(server.statuses(), ["FINISHED"])
            self.expect_sync_has_nothing_to_do(server)


    def test_what_came_without_its_position_is_not_doubled_by_a_resume(self):
        expected = self.undisturbed()
        server = self.serve()
        with server.open():
            run = self.train(wait_at=["in step 230", "in step 250"])
            self.wait_for(server, 229)
            server.strike(log_no_tags, "runs/log-batch")
            run.go_on().until("in step 250")
            self.wait_until(lambda: server.struck > 0)
            run.send(signal.SIGKILL).end()
            server.cure()

            self.assertEqual(self.train(*RESUMED).end(), 0)
            self.assertEqual(self.curves(server), expected)


def add_tests(case, rows):
    for row in rows:
        setattr(case, f"test_{row.name}", lambda self, row=row: self.expect_row(row))


if __name__ == "__main__":
    take_programs(sys.argv, "baton", "stoppable")
    add_tests(Struck, ROWS)
    add_tests(CuredMeanwhile, CURED_MEANWHILE)
    unittest.main()
