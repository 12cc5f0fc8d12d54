"""A server of MLflow's REST calls, which faults can strike. It keeps of them what a real server does: above all, a
metric that comes in again with the same key, step, time and value is there once."""
import collections
import contextlib
import http.server
import json
import re
import socket
import socketserver
import ssl
import struct
import threading
import urllib.parse

CALLS = "/api/2.0/mlflow/"
ARTIFACTS = "/api/2.0/mlflow-artifacts/artifacts/"
Fault = collections.namedtuple("Fault", "what call first")


class FakeMlflow(socketserver.ThreadingTCPServer):
    """It has its port from the beginning, and refuses everybody until open(). With a certificate (a PEM file with its
    key) it speaks TLS; with a token it answers 401 to everybody else."""
    daemon_threads = True

    def __init__(self, certificate=None, token=None):
        super().__init__(("127.0.0.1", 0), Call, bind_and_activate=False)
        self.server_bind()
        self.tls = None
        if certificate:
            self.show(certificate)
        self.address = f"http{'s' if certificate else ''}://127.0.0.1:{self.server_address[1]}"
        self.token, self.lock = token, threading.Lock()
        self.calls, self.runs, self.points, self.artifacts = [], {}, {}, {}
        self.fault, self.struck, self.cured = None, 0, threading.Event()

    def show(self, certificate):
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.tls.load_cert_chain(certificate)

    @contextlib.contextmanager
    def open(self):
        self.server_activate()
        thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield self
        finally:
            self.shutdown()
            thread.join()

    def strike(self, fault, call="", number=1):
        """The call of this name with that number, counted from now, and all later ones of that name get the fault;
        without a name, every call."""
        self.cured.clear()
        self.fault, self.struck = Fault(fault, call, self.calls.count(call) + number if call else 0), 0

    def cure(self):
        self.fault = None
        self.cured.set()

    def fault_for(self, call):
        """Counts the call."""
        with self.lock:
            self.calls.append(call)
            if self.fault is None or self.fault.call not in ("", call) or self.calls.count(call) < self.fault.first:
                return None
            self.struck += 1
            return self.fault.what

    def metrics(self):
        with self.lock:
            return sorted(self.points)

    def statuses(self):
        return [run["info"]["status"] for run in self.runs.values()]

    def answer(self, call, body):
        with self.lock:
            if call == "runs/search":
                wanted = re.search("'(.*)'", body["filter"])[1]
                return {"runs": [run for run in self.runs.values()
                                 if {"key": "baton.run", "value": wanted} in run["data"]["tags"]]}
            if call == "runs/create":
                return {"run": self.create(body)}
            run = self.runs[body["run_id"]]
            if call == "runs/log-batch":
                self.log(run, body)
            elif call == "runs/update":
                run["info"]["status"] = body["status"]
            return {"run": run}

    def create(self, body):
        name = f"run{len(self.runs) + 1}"
        self.runs[name] = {"info": {"run_id": name, "experiment_id": body["experiment_id"], "status": "RUNNING",
                                    "lifecycle_stage": "active", "artifact_uri": f"mlflow-artifacts:/0/{name}"},
                           "data": {"tags": body["tags"], "params": []}}
        return self.runs[name]

    def log(self, run, body):
        for one in body.get("metrics", []):
            point = one["key"], one["step"], one["timestamp"], one["value"]
            self.points[point] = self.points.get(point, 0) + 1
        for what in ("params", "tags"):
            known = {text["key"]: text["value"] for text in run["data"][what]}
            known.update((text["key"], text["value"]) for text in body.get(what, []))
            run["data"][what] = [{"key": key, "value": value} for key, value in known.items()]

    def get_request(self):
        connection, address = super().get_request()
        try:
            return (self.tls.wrap_socket(connection, server_side=True) if self.tls else connection), address
        except OSError:  # the client goes away
            self.struck += 1
            raise

    def shutdown_request(self, request):
        self.close_request(request)  # nothing more is said, lest it goes out before a reset

    def handle_error(self, request, client_address):
        """A client that goes away."""


class Call(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.serve()

    def do_POST(self):
        self.serve()

    def do_PUT(self):
        self.serve()

    def serve(self):
        self.name = urllib.parse.urlsplit(self.path).path.removeprefix(CALLS).removeprefix(ARTIFACTS)
        fault = self.server.fault_for(self.name)
        if fault:
            fault(self)
        elif self.server.token and self.headers["Authorization"] != f"Bearer {self.server.token}":
            answer(401)(self)
        else:
            self.send(200, self.result())

    def body(self):
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def result(self):
        """Does what was asked for."""
        if self.command == "PUT":
            self.server.artifacts[self.name] = self.body().decode()
            return {}
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query))
        return self.server.answer(self.name, json.loads(self.body() or "{}") | query)

    def message(self, status, content, **headers):
        text = json.dumps(content).encode()
        lines = [f"HTTP/1.1 {status} Answer", f"Content-Length: {len(text)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + text

    def send(self, status, content, **headers):
        self.wfile.write(self.message(status, content, **headers))

    def reset(self):
        self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True

    def log_message(self, *_):
        pass


# What a call gets instead of its answer.

def answer(status, **headers):
    def fault(call):
        call.body()
        call.send(status, {"error_code": "SOME_ERROR", "message": "not now"}, **headers)
    return fault


def black_hole(call):
    """Until the cure."""
    call.body()
    call.server.cured.wait()
    call.close_connection = True


def trickle(call):
    """A byte now and then, until the cure."""
    for byte in call.message(200, call.result()):
        call.wfile.write(bytes([byte]))
        if call.server.cured.wait(0.02):
            break
    call.close_connection = True


def reset_in_request(call):
    call.rfile.read(int(call.headers["Content-Length"]) // 2)
    call.reset()


def reset_in_answer(call):
    """What was asked for is done."""
    message = call.message(200, call.result())
    call.wfile.write(message[:-len(message) // 4])
    call.reset()


def log_no_tags(call):
    """As a server that dies between two of its transactions."""
    body = json.loads(call.body())
    call.server.answer(call.name, body | {"tags": []})
    call.send(500, {"error_code": "INTERNAL_ERROR", "message": "half of it is done"})


def deny_what_is_done(call):
    call.result()
    call.send(500, {"error_code": "INTERNAL_ERROR", "message": "it is done, in truth"})
