print("fifty", flush=True)
