// Parts of URLs.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace baton::net {

/// Every byte but letters, digits and - . _ ~ as %XX: for one segment of a path, or a word of a query.
std::string percent_encoded(std::string_view text);
/// The same with its slashes kept: for a path.
std::string percent_encoded_path(std::string_view path);
/// "a=1&b=x%20y"
std::string query_text(const std::vector<std::pair<std::string_view, std::string_view>>& parameters);

/// Scheme, host, port and path: what of a URL may be shown. User, password, query and fragment are left out.
std::string shown_url(std::string_view url);
/// True for http://user:password@host and the like.
bool has_user(std::string_view url);

/// For the header Authorization: Basic.
std::string base64(std::string_view bytes);

}  // namespace baton::net
