// FakeMlflow: an MLflow server in memory, behind net::Http. It keeps what it is sent as the real one does, and fails as
// a test says.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "src/net/http.h"
#include "src/track/mlflow/mlflow_api.h"

namespace baton::track {

class FakeMlflow {
 public:
  /// Key, step, time, value as JSON text.
  using Point = std::tuple<std::string, std::int64_t, std::int64_t, std::string>;
  struct Run {
    std::string experiment_id;
    std::string status = "RUNNING";
    std::string stage = "active";
    std::int64_t end_time = 0;
    std::set<Point> metrics;
    std::map<std::string, std::string> params;
    std::map<std::string, std::string> tags;
  };

  /// The server's end of a connection: give it to a store. This must outlive it.
  std::unique_ptr<net::Http> http();
  /// The calls so far: "POST /runs/create".
  std::vector<std::string> calls() const;
  /// The only run.
  const Run& run() const { return runs.at("run1"); }

  std::map<std::string, std::string> experiments{{"Default", "0"}};  ///< ids by name
  std::map<std::string, Run> runs;
  std::map<std::string, std::string> artifacts;               ///< content by path
  std::map<std::string, std::string> models;                  ///< status by id
  std::vector<std::pair<std::string, std::int64_t>> outputs;  ///< models of the run, with their steps
  bool knows_models = true;
  std::string refused_key;  ///< batches with it are refused as a whole
  /// What becomes of the request with this number (from 0), in the place of an answer. Nothing: the answer.
  std::function<std::optional<net::HttpResult>(std::size_t number)> fault;
  /// True: a request with a fault was done all the same.
  bool does_what_it_denies = false;
  std::vector<net::HttpRequest> requests;

 private:
  class Connection;
  net::HttpResult take(const net::HttpRequest& request);
  net::HttpResult answer(const net::HttpRequest& request);
  net::HttpResult call(const std::string& call, const std::string& query, const Record& body);
  net::HttpResult create_experiment(const Record& body);
  net::HttpResult create_run(const Record& body);
  net::HttpResult search(const Record& body);
  net::HttpResult log_batch(const Record& body);
  net::HttpResult create_model();
  Record run_record(const std::string& id) const;
};

/// An answer of that status.
net::HttpResult http_answer(int status, std::string body = "{}", std::vector<net::Header> headers = {});

}  // namespace baton::track
