#include "src/track/stderr_notices.h"

#include <cstdio>

namespace baton::track {

void StderrNotices::notice(const Notice& notice) { std::fprintf(stderr, "baton: %s\n", notice.text.c_str()); }

}  // namespace baton::track
