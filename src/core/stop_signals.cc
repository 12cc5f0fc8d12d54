// The one place with state of the whole process: a signal handler can reach nothing else.
#include "baton/core/stop_signals.h"

#include <pthread.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string>

#include "baton/core/errors.h"

namespace baton {
namespace {

// The first signal and who listens, in one word: a signal is either noted while somebody listens, or acts at once.
constexpr std::uint32_t kSignalMask = 0x7f;
constexpr std::uint32_t kAnswered = 0x80;
constexpr std::uint32_t kListener = 0x100;

std::atomic<std::uint32_t> word = 0;
static_assert(std::atomic<std::uint32_t>::is_always_lock_free, "a signal handler must not wait");

std::atomic<StopSignals*> present = nullptr;

constexpr int kSignalExit = 128;

void act_by_default(int signal) {
  struct sigaction action {};
  action.sa_handler = SIG_DFL;
  ::sigaction(signal, &action, nullptr);
  sigset_t self;
  ::sigemptyset(&self);
  ::sigaddset(&self, signal);
  ::pthread_sigmask(SIG_UNBLOCK, &self, nullptr);
  ::raise(signal);
  ::_exit(kSignalExit + signal);  // the default spares the first process of a container
}

/// Async-signal-safe.
void on_signal(int signal) {
  std::uint32_t seen = word.load();
  while (seen >= kListener && (seen & kSignalMask) == 0) {
    if (word.compare_exchange_weak(seen, seen | static_cast<std::uint32_t>(signal))) return;
  }
  act_by_default(signal);
}

}  // namespace

/// One signal, handled for as long as this lives.
class StopSignals::Handler {
 public:
  explicit Handler(int signal) : signal_(signal) {
    struct sigaction action {};
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART;
    ::sigemptyset(&action.sa_mask);
    const bool is_known = ::sigaction(signal, nullptr, &before_) == 0;
    if (is_known && before_.sa_handler == SIG_IGN) return;
    if (!is_known || ::sigaction(signal, &action, nullptr) != 0) {
      throw ConfigError("StopSignals: signal " + std::to_string(signal) +
                        " cannot be handled: " + std::strerror(errno));
    }
  }
  ~Handler() { ::sigaction(signal_, &before_, nullptr); }
  Handler(const Handler&) = delete;
  Handler& operator=(const Handler&) = delete;

 private:
  int signal_;
  struct sigaction before_ {};
};

StopSignals::StopSignals(const std::vector<int>& signals) {
  if (present) throw ConfigError("StopSignals: there is one already (baton::run has one), expected one at a time");
  word = 0;
  for (const int signal : signals) handlers_.push_back(std::make_unique<Handler>(signal));
  present = this;
}

StopSignals::~StopSignals() { present = nullptr; }

StopSignals* StopSignals::in_force() noexcept { return present; }

int StopSignals::signal() const noexcept {
  const std::uint32_t seen = word.load(std::memory_order_relaxed);
  return (seen & kAnswered) == 0 ? static_cast<int>(seen & kSignalMask) : 0;
}

void StopSignals::answer() noexcept { word |= kAnswered; }
void StopSignals::begin_listening() noexcept { word += kListener; }
void StopSignals::end_listening() noexcept { word -= kListener; }

}  // namespace baton
