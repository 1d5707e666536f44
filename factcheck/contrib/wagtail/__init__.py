"""The plug for Wagtail: pages whose words go live only when the gate has answered yes for them."""
