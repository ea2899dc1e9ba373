"""What an operator looks at: is the chain followed, is work stuck, who pays the gas, is content kept."""
