#!/usr/bin/env python3
"""Usage: check_layers.py [ROOT]. Fails if an include breaks the layers of docs/design.md."""
from repository import files, includes, report, root_argument

LAYERS = {  # which layers a layer may include
    "base": {"base"},
    "core": {"core", "base"},
    "callbacks": {"callbacks", "core", "base"},
    "formats": {"formats", "base"},
    "net": {"net", "core", "base"},
    "track": {"track", "core", "net", "base"},
    "callbacks+track": {"callbacks", "callbacks+track", "track", "core"},
    "train": {"callbacks+track", "train", "callbacks", "track", "core", "formats", "base"},
}
PLAIN_DATA = {"include/baton/core/value.h": "base", "include/baton/core/errors.h": "base"}  # what every layer speaks in
UMBRELLAS = {"include/baton/version.h": "core", "include/baton/baton.h": "callbacks",
             "include/baton/track.h": "callbacks+track", "include/baton/train.h": "train"}
THIRD_PARTIES = {  # where the headers of a third party may be included
    ("torch/", "ATen/", "c10/", "caffe2/"):
        ("include/baton/train", "src/train/", "tests/train/", "examples/", "bench/compare"),
    ("nlohmann/",): ("src/base/", "src/core/", "src/formats/", "tools/", "tests/"),
    ("curl/",): ("src/net/http_curl",),
    ("sqlite3.h",): ("src/track/mlflow/", "tests/track/mlflow/"),
    ("protozero/",): ("src/track/tensorboard/", "tests/track/tensorboard/"),
    ("git2",): ("src/track/dvclive/", "tests/track/dvclive/"),
    ("openssl/",): ("src/track/dvclive/",),
    ("yaml-cpp/",): ("src/base/", "src/core/", "src/track/dvclive/"),
    ("gtest/", "gmock/"): ("tests/",),
    ("benchmark/",): ("bench/",),
}
NO_NLOHMANN = "tests/train/"  # LibTorch brings its own copy


def layer(path):
    """The layer of a library file, None for tools, tests, examples and benchmarks."""
    if path in PLAIN_DATA | UMBRELLAS:
        return (PLAIN_DATA | UMBRELLAS)[path]
    parts = path.split("/")
    if path.startswith("include/baton/") and len(parts) > 3:
        return parts[2]
    return parts[1] if path.startswith("src/") else None


def project_path(name):
    return f"include/{name}" if name.startswith("baton/") else name


def project_finding(root, path, name):
    target = project_path(name)
    if not (root / target).is_file():
        return "does not exist (include from include/ or from the root)"
    if path.startswith(("include/", "examples/")) and target.startswith("src/"):
        return "is private: public headers and examples include baton/... only"
    if path.startswith("tools/") and layer(target) == "train":
        return "is of LibTorch's layer, which the tools do without"
    mine, theirs = layer(path), layer(target)
    if mine and theirs not in LAYERS.get(mine, ()):
        return f"is of {theirs or 'no layer'}, which {mine} must not include"
    return None


def third_party_finding(path, name):
    for prefixes, places in THIRD_PARTIES.items():
        if name.startswith(prefixes) and (not path.startswith(places) or
                                          (prefixes == ("nlohmann/",) and path.startswith(NO_NLOHMANN))):
            return f"is for {', '.join(places)} only"
    return None


def findings(root):
    for file in files(root, ".h", ".cc"):
        for line, bracket, name in includes(root / file):
            path = file.as_posix()
            finding = project_finding(root, path, name) if bracket == '"' else third_party_finding(path, name)
            if finding:
                yield f"{path}:{line}: {name} {finding}"


if __name__ == "__main__":
    report("layers", list(findings(root_argument())))
