require ["fileinto", "variables"];

if header :matches "subject" "[*]*" {
  set :lower "list" "${1}";
  fileinto "Lists/${list}";
}
